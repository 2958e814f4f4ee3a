<%@ page contentType="text/html;charset=UTF-8" session="false" %><html><body>first
<jsp:include page="page.jsp" flush="true"/>
<% out.flush(); %>last</body></html>
