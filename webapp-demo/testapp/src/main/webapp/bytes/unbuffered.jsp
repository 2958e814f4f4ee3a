<%@ page contentType="text/html;charset=UTF-8" buffer="none" %><html><body>
<% for (int i = 0; i < 200; i++) { %>line <%= i %> ä €
<% } %></body></html>
