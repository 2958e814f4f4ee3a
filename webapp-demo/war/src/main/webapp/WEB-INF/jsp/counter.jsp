<%@ page session="false" contentType="text/html;charset=UTF-8" pageEncoding="UTF-8" trimDirectiveWhitespaces="true" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<%@ taglib prefix="h" uri="urn:holdfast-demo:html" %>
<t:page title="Counter">
<p class="big">${my.clicks.count()}
<form method="post" action="${h:text(root)}/counter">
<input type="hidden" name="n" value="${my.clicks.next()}">
<button>Click</button>
</form>
<p class="soft">Each click carries its number. Sent twice it counts once, and one that a server had confirmed and then lost would leave a gap.
</t:page>
