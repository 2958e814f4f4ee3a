<%@ page session="false" contentType="text/html;charset=UTF-8" pageEncoding="UTF-8" trimDirectiveWhitespaces="true" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<t:page title="One application, several servers">
<p>Click through the pages. Each answer says at its foot which server gave it: the balancer sends every request to the next one.
<p>Then kill a server (the terminal shows how) and click on: the counter, the cart and the login stay.
<p class="soft">The application is plain servlets and JSPs, and works without JavaScript. This page asks for no session, so you have none until you need one.
</t:page>
