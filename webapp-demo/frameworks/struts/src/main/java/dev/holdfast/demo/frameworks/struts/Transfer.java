package dev.holdfast.demo.frameworks.struts;

import java.util.Map;
import java.util.Objects;
import org.apache.struts2.ActionSupport;
import org.apache.struts2.action.SessionAware;
import org.jspecify.annotations.Nullable;

/** Money that must not be sent twice, though the form may be. */
public class Transfer extends ActionSupport implements SessionAware {

    private static final long serialVersionUID = 1;
    private static final String TRANSFERS = "transfers";

    private transient @Nullable Map<String, Object> session;

    @Override
    public void withSession(Map<String, Object> newSession) {
        this.session = newSession;
    }

    @Override
    public String execute() {
        Map<String, Object> known = Objects.requireNonNull(session);
        known.put(TRANSFERS, getTransfers() + 1);
        return SUCCESS;
    }

    public int getTransfers() {
        return session != null && session.get(TRANSFERS) instanceof Integer made ? made : 0;
    }
}
