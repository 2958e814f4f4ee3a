package dev.holdfast.demo.frameworks.weld;

import jakarta.enterprise.context.Conversation;
import jakarta.enterprise.context.ConversationScoped;
import jakarta.inject.Inject;
import java.io.Serializable;

/** Some pages long. */
@ConversationScoped
public class Order implements Serializable {

    private static final long serialVersionUID = 1;

    @Inject
    private Conversation conversation;

    private int steps;

    /** @return the conversation's id */
    public String begin() {
        conversation.begin();
        return conversation.getId();
    }

    public int step() {
        return ++steps;
    }
}
