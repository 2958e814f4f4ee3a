<%@ page session="false" contentType="text/html;charset=UTF-8" pageEncoding="UTF-8" trimDirectiveWhitespaces="true" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<%@ taglib prefix="h" uri="urn:holdfast-demo:html" %>
<t:page title="Your session stays" wide="true">
<p class="lead">Several servers answer in turn, and each shows the same session. Kill one and click on.</p>
<p class="status" role="status" id="said"></p>
<div class="columns">
<div id="mine">
<section class="card" aria-labelledby="trace-title">
<h2 id="trace-title">Who answered</h2>
<t:trace nodes="${my.trace}"/>
<p class="soft">The newest last. Each square was written into your session by the server of its letter, so this row is itself what has to be kept.</p>
</section>
<section class="card" aria-labelledby="click-title">
<h2 id="click-title">Click</h2>
<div class="clicking">
<p class="big"><span id="count">${my.clicks.count()}</span> <small>clicks</small></p>
<form method="post" action="${h:text(root)}/counter" data-live>
<input type="hidden" name="n" value="${my.clicks.next()}"><input type="hidden" name="then" value="dashboard">
<button id="click">Click</button>
</form>
</div>
<h3 id="cart-title">Cart</h3>
<form method="post" action="${h:text(root)}/cart" data-live>
<input type="hidden" name="n" value="${my.nextLine}"><input type="hidden" name="then" value="dashboard">
<label for="product" class="unseen">Product</label>
<select id="product" name="product">
<option>Rope</option><option>Anchor</option><option>Lantern</option><option>Chart</option><option>Tea</option>
</select>
<button id="add">Put into the cart</button>
</form>
<t:cartLines lines="${my.cart}" then="dashboard"/>
</section>
<section class="card" aria-labelledby="session-title">
<h2 id="session-title">Your session</h2>
<dl>
<dt>Id</dt><dd class="id" id="session-id">${h:text(my.shortId)}</dd>
<dt>Created</dt><dd><time datetime="${h:text(my.createdAt)}">${h:text(my.createdText)}</time></dd>
<dt>Last access before this one</dt><dd><time datetime="${h:text(my.lastAccessedAt)}">${h:text(my.lastAccessedText)}</time></dd>
<dt>Logged in as</dt><dd>${my.user == null ? "nobody" : h:text(my.user)}</dd>
<dt>Shown by</dt><dd><span class="dot ${my.colour}"></span> ${h:text(my.node)}, process ${my.pid}</dd>
</dl>
<t:attributes attributes="${my.attributes()}"/>
</section>
</div>
<t:console path="${my.console}"/>
</div>
</t:page>
