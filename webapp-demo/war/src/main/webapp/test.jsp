<%@ page session="true" contentType="text/html;charset=UTF-8" pageEncoding="UTF-8" trimDirectiveWhitespaces="true" import="dev.holdfast.demo.app.Html, dev.holdfast.demo.app.Node, java.util.Collections, java.util.Date, java.util.List" %>
<%!
    private static final int LONGEST = 100;
    private static final int MOST = 20;

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }
%>
<%
    // The page that people have always tried session replication with: which server, which session, and some data of one's own in it.
    request.setCharacterEncoding("UTF-8");
    String name = request.getParameter("dataName");
    String value = request.getParameter("dataValue");
    List<String> names = Collections.list(session.getAttributeNames());
    if (name != null && value != null && !name.isBlank() && request.getMethod().equals("POST")) {
        String key = "data." + cut(name.strip());
        if (names.contains(key) || names.size() < MOST) {
            session.setAttribute(key, cut(value));
        }
    }
    String root = Html.text(request.getContextPath());
    String node = Node.name();
%>
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>This is <%= Html.text(node) %></title>
<link rel="icon" href="<%= root %>/holdfast.svg" type="image/svg+xml">
<link rel="stylesheet" href="<%= root %>/style.css">
</head>
<body class="narrow">
<main>
<h1><span class="dot n<%= Node.colour(node) %>"></span> This is <%= Html.text(node) %></h1>
<dl>
<dt>Session ID</dt><dd class="id"><%= Html.text(session.getId()) %></dd>
<dt>Created on</dt><dd><%= Html.text(new Date(session.getCreationTime())) %></dd>
<dt>Server</dt><dd><%= Html.text(application.getServerInfo()) %>, port <%= request.getLocalPort() %></dd>
</dl>
<h2>Data in the session</h2>
<dl>
<%
    List<String> all = Collections.list(session.getAttributeNames());
    Collections.sort(all);
    for (String each : all) {
        if (each.startsWith("data.")) {
%>
<dt><%= Html.text(each.substring("data.".length())) %></dt><dd><%= Html.text(session.getAttribute(each)) %></dd>
<%
        }
    }
%>
</dl>
<form method="post" action="<%= root %>/test.jsp">
<label for="dataName">Name</label><input id="dataName" name="dataName" maxlength="100" required>
<label for="dataValue">Value</label><input id="dataValue" name="dataValue" maxlength="100" required>
<button>Put into the session</button>
</form>
<p class="soft">Reload: another server, the same session. <a href="<%= root %>/">To the demo</a>
</main>
</body>
</html>
