package dev.holdfast.filter.session;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Names of the attributes that are stored; all others stay on the node that set them. Immutable.
 *
 * <p>A name is written as it is, or with a {@code *} at its beginning or end that stands for anything: {@code cart}, {@code
 * user.*}, {@code *Form}.
 */
public final class AttributeNames {

    private static final AttributeNames ALL = new AttributeNames(Set.of(), List.of(), List.of());

    private final Set<String> exact;
    private final List<String> beginnings;
    private final List<String> ends;

    private AttributeNames(Set<String> exact, List<String> beginnings, List<String> ends) {
        this.exact = exact;
        this.beginnings = beginnings;
        this.ends = ends;
    }

    /** Every attribute is stored. */
    public static AttributeNames all() {
        return ALL;
    }

    /**
     * @param names empty for all
     * @param problem told what is wrong, as it goes on after the setting's value
     */
    public static AttributeNames parse(List<String> names, Consumer<String> problem) {
        if (names.isEmpty()) {
            return ALL;
        }
        Set<String> exact = new HashSet<>();
        List<String> beginnings = new ArrayList<>();
        List<String> ends = new ArrayList<>();
        for (String name : names) {
            String fixed = name.startsWith("*") ? name.substring(1) : name;
            boolean open = !name.startsWith("*") && name.endsWith("*");
            fixed = open ? fixed.substring(0, fixed.length() - 1) : fixed;
            if (fixed.isEmpty() || fixed.contains("*")) {
                problem.accept(
                        "has a name that is not like cart, user.* or *Form; leave the setting out to have all stored");
            } else if (open) {
                beginnings.add(fixed);
            } else if (name.startsWith("*")) {
                ends.add(fixed);
            } else {
                exact.add(fixed);
            }
        }
        return new AttributeNames(exact, beginnings, ends);
    }

    /** Whether an attribute of this name is stored. */
    public boolean contain(String name) {
        return this == ALL
                || exact.contains(name)
                || beginnings.stream().anyMatch(name::startsWith)
                || ends.stream().anyMatch(name::endsWith);
    }
}
