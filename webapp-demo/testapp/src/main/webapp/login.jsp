<%@ page contentType="text/html;charset=UTF-8" session="false" %>please log in
