/** Every part of the suite, in the client's modes. */
public final class Main {
    record Mode(String name, boolean prepares, String... settings) {}

    static final Mode[] MODES = {
        new Mode("default", true),
        new Mode("prepared at once, binary", true, "prepareThreshold", "1", "binaryTransfer", "true"),
        new Mode("binary from the first", true, "prepareThreshold", "-1"),
        new Mode("extended, all cached", true, "preferQueryMode", "extendedCacheEverything"),
        new Mode("extended for prepared", true, "preferQueryMode", "extendedForPrepared"),
        new Mode("extended, never named", true, "prepareThreshold", "0"),
        new Mode("simple", false, "preferQueryMode", "simple"),
    };

    public static void main(String[] arguments) throws Exception {
        Suite.with(new String[0], Values::makeMood);
        for (Mode mode : MODES) {
            Values.check(mode);
            Statements.check(mode);
            Sessions.check(mode);
        }
        Statements.checkOnce();
        Sessions.checkOnce();
        Suite.finish();
    }
}
