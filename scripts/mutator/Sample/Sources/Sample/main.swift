import Foundation

/// Stands for the program of the tests.
if CommandLine.arguments.contains("--list-tests") {
  print("Sample.tens()")
} else if tens(25) != 2 || greeting("you", "!") != "you!" {
  print("Sample.tens() recorded an issue")
  exit(1)
}
