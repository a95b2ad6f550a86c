<?php
// Asks `verify` about each line of stdin (four texts in base64; the signature `-` when there is none): true or false.
require 'verification.php';

foreach (file('php://stdin', FILE_IGNORE_NEW_LINES) as $line) {
    $texts = array_map(fn ($one) => $one === '-' ? null : base64_decode($one), explode(',', $line));
    echo verify(...$texts) ? "true\n" : "false\n";
}
