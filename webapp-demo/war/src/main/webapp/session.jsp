<%@ page session="true" contentType="text/html;charset=UTF-8" pageEncoding="UTF-8" trimDirectiveWhitespaces="true" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<%@ taglib prefix="h" uri="urn:holdfast-demo:html" %>
<t:page title="Your session">
<dl>
<dt>Id</dt><dd class="id">${h:text(my.id)}</dd>
<dt>New</dt><dd><data class="new" value="${my.fresh}">${my.fresh ? "yes" : "no"}</data></dd>
<dt>Created</dt><dd>${h:text(my.createdAt)}</dd>
<dt>Last access before this one</dt><dd><data class="accessed" value="${h:text(my.lastAccessedAt)}">${h:text(my.lastAccessedAt)}</data></dd>
</dl>
<p class="soft">A JSP with a session, as JSPs have by default: this page makes one if you have none.
</t:page>
