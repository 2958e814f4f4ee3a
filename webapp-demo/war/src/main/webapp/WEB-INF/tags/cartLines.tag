<%@ tag pageEncoding="UTF-8" body-content="empty" trimDirectiveWhitespaces="true" import="dev.holdfast.demo.app.Html, java.util.Map" %>
<%@ attribute name="lines" required="true" type="java.util.List" %>
<%
    String action = Html.text(((HttpServletRequest) ((PageContext) getJspContext()).getRequest()).getContextPath()) + "/cart";
%>
<ul>
<%
    for (Object each : lines) {
        Map.Entry<?, ?> line = (Map.Entry<?, ?>) each;
        String number = Html.text(line.getKey());
%>
<li><form method="post" action="<%= action %>">
<%= number %>. <%= Html.text(line.getValue()) %>
<input type="hidden" name="n" value="<%= number %>"><button class="plain" name="do" value="remove" aria-label="Remove line <%= number %>">remove</button>
</form></li>
<%
    }
%>
</ul>
