<%@ tag pageEncoding="UTF-8" body-content="empty" trimDirectiveWhitespaces="true" import="dev.holdfast.demo.app.Html, dev.holdfast.demo.app.Node" %>
<%@ attribute name="nodes" required="true" type="java.util.List" %>
<ol class="trace" aria-label="Who answered, the newest last">
<%
    for (Object each : nodes) {
        String node = String.valueOf(each);
        String name = Html.text(node);
%>
<li class="n<%= Node.colour(node) %>" title="<%= name %>"><span aria-hidden="true"><%= Node.letter(node) %></span><span class="unseen"><%= name %></span></li>
<%
    }
%>
</ol>
