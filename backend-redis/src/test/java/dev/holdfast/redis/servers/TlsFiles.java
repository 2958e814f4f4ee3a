package dev.holdfast.redis.servers;

import dev.holdfast.spi.servers.OwnDirectory;
import dev.holdfast.spi.servers.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate authority, made for this test, with a certificate for a server; and another authority, which has signed
 * nothing. They are valid for two days. Thread-safe.
 */
public final class TlsFiles implements AutoCloseable {

    /** The password of the trust stores. */
    public static final String TRUST_STORE_PASSWORD = "trusted-by-tests";

    private final Path directory;
    private final SSLContext clientContext;

    private TlsFiles(Path directory) throws IOException, GeneralSecurityException {
        this.directory = directory;
        KeyStore trusted = writeTrustStore(authority(), trustStore());
        writeTrustStore(directory.resolve("stranger.crt"), strangerTrustStore());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        clientContext = SSLContext.getInstance("TLS");
        clientContext.init(null, trust.getTrustManagers(), null);
    }

    /** With a certificate for {@code localhost} and {@code 127.0.0.1}. */
    public static TlsFiles create() {
        return create("DNS:localhost,IP:127.0.0.1");
    }

    /**
     * With a certificate for somebody else, whom the client must not take for its server.
     *
     * @param names as in {@code DNS:elsewhere.invalid}
     */
    public static TlsFiles create(String names) {
        String openssl = ServerProcess.program("openssl", "openssl", "openssl");
        Path directory = OwnDirectory.create("holdfast-tls-");
        try {
            makeAuthority(openssl, directory, "authority");
            makeAuthority(openssl, directory, "stranger");
            Files.writeString(directory.resolve("names.cnf"), "subjectAltName=" + names + "\n");
            ServerProcess.run(
                    directory,
                    openssl,
                    "req",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-subj",
                    "/CN=test-server",
                    "-keyout",
                    "server.key",
                    "-out",
                    "server.csr");
            ServerProcess.run(
                    directory,
                    openssl,
                    "x509",
                    "-req",
                    "-in",
                    "server.csr",
                    "-CA",
                    "authority.crt",
                    "-CAkey",
                    "authority.key",
                    "-CAcreateserial",
                    "-days",
                    "2",
                    "-extfile",
                    "names.cnf",
                    "-out",
                    "server.crt");
            return new TlsFiles(directory);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            OwnDirectory.delete(directory);
            throw new IllegalStateException("cannot make certificates", e);
        }
    }

    /** The authority's certificate, PEM. */
    public Path authority() {
        return directory.resolve("authority.crt");
    }

    /** The server's certificate, PEM. */
    public Path serverCertificate() {
        return directory.resolve("server.crt");
    }

    /** The server's key, PEM, without a password. */
    public Path serverKey() {
        return directory.resolve("server.key");
    }

    /** For clients: PKCS12 with the authority's certificate, under {@link #TRUST_STORE_PASSWORD}. */
    public Path trustStore() {
        return directory.resolve("trusted.p12");
    }

    /** The same with the other authority's: a client that trusts only that one must refuse the server. */
    public Path strangerTrustStore() {
        return directory.resolve("stranger.p12");
    }

    /** What a client in this JVM connects with: trusts the authority, checks no names. */
    public SSLContext clientContext() {
        return clientContext;
    }

    /** Deletes the files. */
    @Override
    public void close() {
        OwnDirectory.delete(directory);
    }

    private static void makeAuthority(String openssl, Path directory, String name) {
        ServerProcess.run(
                directory,
                openssl,
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=Holdfast tests " + name,
                "-keyout",
                name + ".key",
                "-out",
                name + ".crt");
    }

    private static KeyStore writeTrustStore(Path certificateFile, Path file)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(certificateFile)) {
            Certificate certificate = CertificateFactory.getInstance("X.509").generateCertificate(in);
            store.setCertificateEntry("authority", certificate);
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, TRUST_STORE_PASSWORD.toCharArray());
        }
        return store;
    }
}
