<%@ page session="false" contentType="text/html;charset=UTF-8" pageEncoding="UTF-8" trimDirectiveWhitespaces="true" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<%@ taglib prefix="h" uri="urn:holdfast-demo:html" %>
<t:page title="Note">
<form method="post" action="${h:text(root)}/note">
<input type="hidden" name="n" value="${my.notes.next()}">
<label for="text">Note</label>
<input id="text" name="text" maxlength="200" value="${h:text(my.note)}">
<button>Keep</button>
</form>
<p>The latest: <q>${h:text(my.note)}</q>
<p class="soft">Answered with a redirect, which the balancer sends to another server: that one shows the note already.
</t:page>
