<%@ page session="false" contentType="text/html;charset=UTF-8" pageEncoding="UTF-8" trimDirectiveWhitespaces="true" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<%@ taglib prefix="h" uri="urn:holdfast-demo:html" %>
<t:page title="Job">
<form method="post" action="${h:text(root)}/async">
<input type="hidden" name="n" value="${my.jobs.next()}">
<button name="end" value="complete">Run, then complete</button>
<button name="end" value="dispatch">Run, then dispatch</button>
</form>
<p class="soft">A job changes the session in a thread of its own, after the servlet has returned.
</t:page>
