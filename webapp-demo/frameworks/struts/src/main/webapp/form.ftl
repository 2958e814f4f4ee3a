<form action="send.action" method="post"><@s.token/></form>
