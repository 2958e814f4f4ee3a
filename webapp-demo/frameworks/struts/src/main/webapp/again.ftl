sent already
