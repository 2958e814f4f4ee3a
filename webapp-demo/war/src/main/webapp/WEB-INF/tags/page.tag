<%@ tag pageEncoding="UTF-8" body-content="scriptless" trimDirectiveWhitespaces="true" import="dev.holdfast.demo.app.SessionView" %>
<%@ attribute name="title" required="true" %>
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
<style>
:root { --ink: #1d2733; --soft: #5a6876; --paper: #fbfaf7; --card: #fff; --line: #d9dee3; --accent: #0b6e5f; --on-accent: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaee; --soft: #9fadba; --paper: #12181e; --card: #1a222a; --line: #33404c; --accent: #4cc3ae; --on-accent: #0b1b18 }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 46rem; padding: 1rem 1.2rem 3rem; font: 1rem/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
a { color: var(--accent) }
nav { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; padding-bottom: .8rem; border-bottom: 1px solid var(--line) }
nav strong { margin-right: auto }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 1.4rem 0 .6rem }
form { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin: 1rem 0 }
input, select, button { font: inherit; color: inherit; padding: .45rem .7rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--card) }
button { background: var(--accent); border-color: var(--accent); color: var(--on-accent); cursor: pointer }
button.plain { background: none; color: var(--accent); padding: .1rem .5rem }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
ul { list-style: none; padding: 0 }
li form { margin: .2rem 0 }
.big { font-size: 2.6rem; font-weight: 600; line-height: 1.1 }
aside { margin-top: 2rem; padding: .9rem 1.1rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0 }
dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
code, .id { font-family: ui-monospace, monospace; font-size: .92em }
p.soft { color: var(--soft) }
</style>
</head>
<body>
<nav aria-label="Pages">
<strong>Holdfast demo</strong>
<a href="${h:text(root)}/counter">Counter</a>
<a href="${h:text(root)}/cart">Cart</a>
<a href="${h:text(root)}/note">Note</a>
<a href="${h:text(root)}/async">Job</a>
<a href="${h:text(root)}/login">Login</a>
<a href="${h:text(root)}/session.jsp">Session</a>
</nav>
<main>
<h1>${h:text(title)}</h1>
<jsp:doBody/>
</main>
<aside aria-label="This answer">
<dl>
<dt>Answered by</dt><dd><data class="node" value="${h:text(my.node)}">${h:text(my.node)}</data> (process ${my.pid})</dd>
<dt>Session</dt><dd class="id"><data class="id" value="${h:text(my.id)}">${my.present ? h:text(my.id) : "none yet"}</data></dd>
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
