import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Scanner;

/** Asks `verify` about each line of stdin (four texts in base64; the signature `-` when there is none): true or false. */
public final class Judge {
    public static void main(String[] none) throws Exception {
        for (Scanner lines = new Scanner(System.in); lines.hasNextLine(); ) {
            String[] texts = lines.nextLine().split(",", -1);
            for (int i = 0; i < texts.length; i++) {
                texts[i] = texts[i].equals("-") ? null : new String(Base64.getDecoder().decode(texts[i]), UTF_8);
            }
            System.out.println(Verification.verify(texts[0], texts[1], texts[2], texts[3]));
        }
    }
}
