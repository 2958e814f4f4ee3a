<%@ tag pageEncoding="UTF-8" body-content="empty" trimDirectiveWhitespaces="true" import="dev.holdfast.demo.app.Html" %>
<%@ attribute name="path" required="false" %>
<%@ taglib prefix="h" uri="urn:holdfast-demo:html" %>
<%
    // nobody tells of the cluster, nor takes orders, where the application runs on its own
    if (path != null && !path.isEmpty()) {
%>
<div id="cluster" data-console="<%= Html.text(path) %>">
<p class="card" id="without-script">Your session needs no JavaScript. What the servers are doing is shown here with it; without, the terminal tells their process numbers, for <code>kill -9</code>.</p>
<section class="card needs-script" aria-labelledby="nodes-title" hidden>
<h2 id="nodes-title">Servers</h2>
<ul class="servers" id="nodes"></ul>
<div id="stores-part" hidden>
<h3>Store</h3>
<ul class="servers" id="stores"></ul>
</div>
<p class="soft" id="store-note"></p>
</section>
<section class="card needs-script" aria-labelledby="counters-title" hidden>
<h2 id="counters-title">What it costs</h2>
<dl class="tiles" id="counters"></dl>
<p class="soft">Of all users since the start, as the nodes publish it by JMX.</p>
</section>
</div>
<script src="${h:text(root)}/live.js" defer></script>
<%
    }
%>
