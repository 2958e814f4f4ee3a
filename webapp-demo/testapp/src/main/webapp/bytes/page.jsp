<%@ page contentType="text/html;charset=UTF-8" %><html><body>
<% for (int i = 0; i < 1200; i++) { %>line <%= i %> ä €
<% } %></body></html>
