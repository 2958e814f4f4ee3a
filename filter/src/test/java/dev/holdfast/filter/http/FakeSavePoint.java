package dev.holdfast.filter.http;

import java.util.ArrayList;
import java.util.List;

/** Has state that a test changes, and a store that a test breaks. */
final class FakeSavePoint implements SavePoint {

    boolean unsaved;
    boolean storeDown;
    private boolean failed;
    int saves;
    final List<String> journal = new ArrayList<>();

    void change() {
        unsaved = true;
    }

    @Override
    public boolean isPending() {
        return unsaved;
    }

    @Override
    public void save() {
        if (storeDown) {
            failed = true;
            throw new IllegalStateException("the store is down");
        }
        unsaved = false;
        saves++;
        journal.add("save");
    }

    @Override
    public boolean hasFailed() {
        return failed;
    }
}
