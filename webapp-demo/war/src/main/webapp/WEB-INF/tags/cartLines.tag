<%@ tag pageEncoding="UTF-8" body-content="empty" trimDirectiveWhitespaces="true" import="dev.holdfast.demo.app.Html, java.util.Map" %>
<%@ attribute name="lines" required="true" type="java.util.List" %>
<%@ attribute name="then" required="false" %>
<%
    String action = Html.text(((HttpServletRequest) ((PageContext) getJspContext()).getRequest()).getContextPath()) + "/cart";
    String back = then == null ? "" : "<input type=\"hidden\" name=\"then\" value=\"" + Html.text(then) + "\">";
%>
<ul class="lines">
<%
    for (Object each : lines) {
        Map.Entry<?, ?> line = (Map.Entry<?, ?>) each;
        String number = Html.text(line.getKey());
%>
<li><form method="post" action="<%= action %>"<%= then == null ? "" : " data-live" %>><%= back %>
<span><%= number %>. <%= Html.text(line.getValue()) %></span>
<input type="hidden" name="n" value="<%= number %>"><button class="plain" name="do" value="remove" aria-label="Remove line <%= number %>">remove</button>
</form></li>
<%
    }
%>
</ul>
