/// How often 10 is in the number; the test asks for no number that ends with 0.
func tens(_ number: Int) -> Int {
  var count = 0
  var rest = number
  while rest >= 10 {
    rest -= 10
    count += 1
  }
  return count
}

func greeting(_ name: String, _ mark: String) -> String { name + mark }

func unused(_ number: Int) -> Bool { number == 7 }
