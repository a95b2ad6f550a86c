// Asks Verify about each line of stdin (four texts in base64; the signature `-` when there is none): true or false.
package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	"judge/checkout"
)

func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var texts [4]string
		for i, one := range strings.Split(lines.Text(), ",") {
			text, _ := base64.StdEncoding.DecodeString(one) // of `-` it is the empty string, as a form's missing field is
			texts[i] = string(text)
		}
		fmt.Println(checkout.Verify(texts[0], texts[1], texts[2], texts[3]))
	}
}
