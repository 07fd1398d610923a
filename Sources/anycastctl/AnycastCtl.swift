@main struct Control { static func main() {} }
