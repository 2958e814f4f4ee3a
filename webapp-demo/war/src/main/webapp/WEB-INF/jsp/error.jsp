<%@ page session="false" isErrorPage="true" contentType="text/html;charset=UTF-8" pageEncoding="UTF-8" trimDirectiveWhitespaces="true" %>
<%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>
<%@ taglib prefix="h" uri="urn:holdfast-demo:html" %>
<t:page title="That did not work">
<p>The answer is ${h:text(requestScope["jakarta.servlet.error.status_code"])}. ${h:text(requestScope["jakarta.servlet.error.message"])}
<p><a href="${h:text(root)}/">To the start</a>
</t:page>
