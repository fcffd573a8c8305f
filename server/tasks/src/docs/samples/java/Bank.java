package bank;

/**
 * A bank.
 *
 * @param <A> kind of account
 */
public class Bank<A> {
    /** Most that one may have. */
    public static final int MOST = 10;

    protected int open;
    private int secret;

    /** Makes one. */
    public Bank() {}

    /**
     * Pays in.
     *
     * @param amount how much
     * @param acount to whom
     * @return the new sum
     * @throws IllegalStateException when closed
     */
    public void pay(int amount, A account) throws java.io.IOException, Closed {
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return "";
    }

    public int sum() {
        return 1;
    }

    void inside() {}

    /** What can be wrong. */
    public enum Trouble {
        /** Too little. */
        BROKE,
        CLOSED;

        public boolean bad() {
            return true;
        }
    }

    /**
     * A transfer.
     *
     * @param from who gives
     * @param too who takes
     */
    public record Transfer(String from, String to) {}

    /// Something to listen to.
    /// In Markdown.
    public interface Listener {
        void changed(int sum);
    }
}
