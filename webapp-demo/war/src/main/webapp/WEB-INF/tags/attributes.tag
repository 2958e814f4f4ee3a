<%@ tag pageEncoding="UTF-8" body-content="empty" trimDirectiveWhitespaces="true" import="dev.holdfast.demo.app.Attribute, dev.holdfast.demo.app.Html" %>
<%@ attribute name="attributes" required="true" type="java.util.List" %>
<table>
<caption>What is in it</caption>
<thead><tr><th scope="col">Attribute</th><th scope="col">Class</th><th scope="col" class="number">Bytes</th></tr></thead>
<tbody>
<%
    int sum = 0;
    for (Object each : attributes) {
        Attribute attribute = (Attribute) each;
        sum += attribute.bytes();
%>
<tr><th scope="row"><%= Html.text(attribute.name()) %></th><td><%= Html.text(attribute.type()) %></td><td class="number"><%= attribute.bytes() %></td></tr>
<%
    }
%>
</tbody>
<tfoot><tr><th scope="row">together</th><td></td><td class="number"><%= sum %></td></tr></tfoot>
</table>
