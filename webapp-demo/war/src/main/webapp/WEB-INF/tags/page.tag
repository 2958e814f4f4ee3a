<%@ tag pageEncoding="UTF-8" body-content="scriptless" trimDirectiveWhitespaces="true" import="dev.holdfast.demo.app.SessionView" %>
<%@ attribute name="title" required="true" %>
<%@ attribute name="wide" required="false" type="java.lang.Boolean" %>
<%@ taglib prefix="h" uri="urn:holdfast-demo:html" %>
<%
    HttpServletRequest http = (HttpServletRequest) ((PageContext) getJspContext()).getRequest();
    SessionView view = SessionView.of(http);
    // request scope: the page's own body reads it too
    getJspContext().setAttribute("my", view, PageContext.REQUEST_SCOPE);
    getJspContext().setAttribute("root", http.getContextPath(), PageContext.REQUEST_SCOPE);
%>
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${h:text(title)} · Holdfast demo</title>
<link rel="icon" href="${h:text(root)}/holdfast.svg" type="image/svg+xml">
<link rel="stylesheet" href="${h:text(root)}/style.css">
</head>
<body class="${wide ? "wide" : "narrow"}">
<a class="skip" href="#main">To the content</a>
<header>
<a class="brand" href="${h:text(root)}/"><img src="${h:text(root)}/holdfast.svg" width="26" height="26" alt="">Holdfast</a>
<nav aria-label="Pages">
<a href="${h:text(root)}/counter">Counter</a>
<a href="${h:text(root)}/cart">Cart</a>
<a href="${h:text(root)}/note">Note</a>
<a href="${h:text(root)}/async">Job</a>
<a href="${h:text(root)}/login">Login</a>
<a href="${h:text(root)}/session.jsp">Session</a>
</nav>
</header>
<main id="main" tabindex="-1">
<h1>${h:text(title)}</h1>
<jsp:doBody/>
</main>
<aside aria-label="This answer" id="answer">
<dl>
<dt>Answered by</dt><dd><data class="node" value="${h:text(my.node)}"><span class="dot ${my.colour}"></span> ${h:text(my.node)}</data> (process ${my.pid})</dd>
<dt>Session</dt><dd class="id"><data class="id" value="${h:text(my.id)}">${my.present ? h:text(my.shortId) : "none yet"}</data></dd>
<dt>Created</dt><dd><data class="created" value="${h:text(my.createdAt)}">${h:text(my.createdAt)}</data></dd>
<dt>Logged in as</dt><dd><data class="user" value="${h:text(my.user)}">${h:text(my.user)}</data></dd>
<dt>Clicks</dt><dd><data class="clicks" value="${h:text(my.clicks)}">${h:text(my.clicks)}</data></dd>
<dt>Cart lines</dt><dd><data class="cart" value="${h:text(my.cartLines)}">${h:text(my.cartLines)}</data></dd>
<dt>Notes</dt><dd><data class="notes" value="${h:text(my.notes)}">${h:text(my.notes)}</data></dd>
<dt>Jobs</dt><dd><data class="jobs" value="${h:text(my.jobs)}">${h:text(my.jobs)}</data></dd>
</dl>
</aside>
</body>
</html>
