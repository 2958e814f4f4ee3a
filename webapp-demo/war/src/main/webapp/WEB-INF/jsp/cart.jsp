<%@ page session="false" contentType="text/html;charset=UTF-8" pageEncoding="UTF-8" trimDirectiveWhitespaces="true" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<%@ taglib prefix="h" uri="urn:holdfast-demo:html" %>
<t:page title="Cart">
<form method="post" action="${h:text(root)}/cart">
<input type="hidden" name="n" value="${my.nextLine}">
<label for="product">Product</label>
<select id="product" name="product">
<option>Rope</option><option>Anchor</option><option>Lantern</option><option>Chart</option><option>Tea</option>
</select>
<button>Add</button>
</form>
<t:cartLines lines="${my.cart}"/>
<p class="soft">The cart was put into the session once. Since then it is changed in place, without another <code>setAttribute</code>.
</t:page>
