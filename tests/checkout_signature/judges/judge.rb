# Asks `verify` about each line of stdin (four texts in base64; the signature `-` when there is none): true or false.
require_relative "verification"

$stdin.each_line(chomp: true) do |line|
  texts = line.split(",", -1).map { |one| one == "-" ? nil : one.unpack1("m").force_encoding("UTF-8") }
  puts verify(*texts)
end
