<%@ page session="false" contentType="text/html;charset=UTF-8" pageEncoding="UTF-8" trimDirectiveWhitespaces="true" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<%@ taglib prefix="h" uri="urn:holdfast-demo:html" %>
<t:page title="Login">
<form method="post" action="${h:text(root)}/login">
<label for="name">Name</label>
<input id="name" name="name" maxlength="40" required autocomplete="username" value="${h:text(my.user)}">
<button>Log in</button>
</form>
<form method="post" action="${h:text(root)}/logout">
<button class="plain">Log out</button>
</form>
<p class="soft">Any name will do. Logging in gives the session a new id and keeps its content; logging out ends it on every server.
</t:page>
