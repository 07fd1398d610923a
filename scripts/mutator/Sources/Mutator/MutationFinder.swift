import SwiftOperators
import SwiftParser
import SwiftSyntax

/// Finds what can be changed in one file. What turns out not to compile is dropped later, so that this needs no types.
final class MutationFinder: SyntaxVisitor {
  private let module: String
  private let file: String
  private let octets: [UInt8]
  private let converter: SourceLocationConverter
  private var found: [Mutation] = []
  private var functions: [String] = []

  static func mutations(of source: String, module: String, file: String) -> [Mutation] {
    let folded = OperatorTable.standardOperators.foldAll(Parser.parse(source: source)) { _ in }
    let finder = MutationFinder(source, module: module, file: file, tree: folded)
    finder.walk(folded)
    // Two of the same words in one function are told apart by their order.
    var seen: [Mutation.Identity: Int] = [:]
    return finder.found.map { mutation in
      var mutation = mutation
      let times = seen[mutation.identity, default: 0] + 1
      seen[mutation.identity] = times
      if times > 1 { mutation.identity.change += " #\(times)" }
      return mutation
    }
  }

  private init(_ source: String, module: String, file: String, tree: Syntax) {
    self.module = module
    self.file = file
    octets = Array(source.utf8)
    converter = SourceLocationConverter(fileName: file, tree: tree)
    super.init(viewMode: .sourceAccurate)
  }

  // MARK: Making one

  private func range(_ node: some SyntaxProtocol) -> Range<Int> {
    node.positionAfterSkippingLeadingTrivia.utf8Offset..<node.endPositionBeforeTrailingTrivia.utf8Offset
  }

  private func add(_ node: some SyntaxProtocol, _ change: String, before: String, after: String) {
    add(range(node), line: converter.location(for: node.positionAfterSkippingLeadingTrivia).line, change, before, after)
  }

  private func add(_ range: Range<Int>, line: Int, _ change: String, _ before: String, _ after: String) {
    let words = change.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let identity = Mutation.Identity(
      file: file, function: functions.filter { !$0.isEmpty }.joined(separator: "."),
      change: words.count > 200 ? words.prefix(200) + "..." : words)
    found.append(Mutation(module: module, identity: identity, line: line, range: range, before: before, after: after))
  }

  /// `other` instead of the expression.
  func replace(_ node: some ExprSyntaxProtocol, by other: String) {
    add(node, "\(node.trimmedDescription) -> \(other)", before: "(mutant(#) ? (\(other)) : ", after: ")")
  }

  func negate(_ node: some ExprSyntaxProtocol) {
    add(node, "\(node.trimmedDescription) -> not so", before: "(mutant(#) != (", after: "))")
  }

  func alwaysTrue(_ node: some ExprSyntaxProtocol) {
    add(node, "\(node.trimmedDescription) -> true", before: "(mutant(#) || (", after: "))")
  }

  func alwaysFalse(_ node: some ExprSyntaxProtocol) {
    add(node, "\(node.trimmedDescription) -> false", before: "(!mutant(#) && (", after: "))")
  }

  func remove(_ node: some SyntaxProtocol, isOnlyOne: Bool) {
    // Alone in a closure, an `if` would be taken for its value.
    let before = isOnlyOne ? "if mutant(#) { return }; " : "if !mutant(#) { "
    add(node, "\(node.trimmedDescription) -> removed", before: before, after: isOnlyOne ? "" : " }")
  }

  private func replaceStatement(_ node: some SyntaxProtocol, by other: String) {
    add(node, "\(node.trimmedDescription) -> \(other)", before: "if mutant(#) { \(other) } else { ", after: " }")
  }

  // MARK: Where we are

  private func enter(_ name: String) -> SyntaxVisitorContinueKind {
    functions.append(name)
    return .visitChildren
  }

  private func named(_ name: String, _ parameters: FunctionParameterListSyntax) -> String {
    "\(name)(\(parameters.map { "\($0.firstName.text):" }.joined()))"
  }

  override func visit(_ node: ExtensionDeclSyntax) -> SyntaxVisitorContinueKind { enter(node.extendedType.trimmedDescription) }
  override func visitPost(_ node: ExtensionDeclSyntax) { functions.removeLast() }
  override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind { enter(node.name.text) }
  override func visitPost(_ node: StructDeclSyntax) { functions.removeLast() }
  override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind { enter(node.name.text) }
  override func visitPost(_ node: ClassDeclSyntax) { functions.removeLast() }
  override func visit(_ node: ActorDeclSyntax) -> SyntaxVisitorContinueKind { enter(node.name.text) }
  override func visitPost(_ node: ActorDeclSyntax) { functions.removeLast() }
  override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind { enter(node.name.text) }
  override func visitPost(_ node: EnumDeclSyntax) { functions.removeLast() }
  override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(named(node.name.text, node.signature.parameterClause.parameters))
  }
  override func visitPost(_ node: FunctionDeclSyntax) { functions.removeLast() }
  override func visit(_ node: InitializerDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(named("init", node.signature.parameterClause.parameters))
  }
  override func visitPost(_ node: InitializerDeclSyntax) { functions.removeLast() }
  override func visit(_ node: SubscriptDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(named("subscript", node.parameterClause.parameters))
  }
  override func visitPost(_ node: SubscriptDeclSyntax) { functions.removeLast() }
  override func visit(_ node: VariableDeclSyntax) -> SyntaxVisitorContinueKind {
    let isMember = node.parent?.is(MemberBlockItemSyntax.self) ?? false
    return enter(isMember ? node.bindings.first?.pattern.trimmedDescription ?? "" : "")
  }
  override func visitPost(_ node: VariableDeclSyntax) { functions.removeLast() }

  // MARK: What is not changed

  /// Words for people, and what the compiler wants to know before the program runs.
  override func visit(_ node: StringLiteralExprSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: AttributeSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: EnumCaseElementSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: KeyPathExprSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: MacroExpansionExprSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: SwitchCaseItemSyntax) -> SyntaxVisitorContinueKind {
    if let clause = node.whereClause { walk(clause) }
    return .skipChildren
  }

  override func visit(_ node: FunctionCallExprSyntax) -> SyntaxVisitorContinueKind {
    let callee = node.calledExpression.trimmedDescription
    if ["precondition", "assert", "fatalError", "preconditionFailure", "assertionFailure"].contains(callee) {
      return .skipChildren
    }
    exchangeCalls(node)
    return .visitChildren
  }

  // MARK: Conditions

  override func visit(_ node: ConditionElementSyntax) -> SyntaxVisitorContinueKind {
    switch node.condition {
    case .expression(let expression):
      alwaysTrue(expression)
      alwaysFalse(expression)
    case .optionalBinding(let binding): failBinding(binding)
    default: break
    }
    return .visitChildren
  }

  private func failBinding(_ binding: OptionalBindingConditionSyntax) {
    if let value = binding.initializer?.value {
      replace(value, by: "nil")
    } else {
      let name = binding.pattern.trimmedDescription
      let end = range(binding.pattern).upperBound
      add(
        end..<end, line: converter.location(for: binding.positionAfterSkippingLeadingTrivia).line,
        "let \(name) -> nil", " = (mutant(#) ? nil : \(name))", "")
    }
  }

  override func visit(_ node: WhereClauseSyntax) -> SyntaxVisitorContinueKind {
    alwaysTrue(node.condition)
    alwaysFalse(node.condition)
    return .visitChildren
  }

  override func visit(_ node: TernaryExprSyntax) -> SyntaxVisitorContinueKind {
    negate(node.condition)
    return .visitChildren
  }

  override func visit(_ node: BooleanLiteralExprSyntax) -> SyntaxVisitorContinueKind {
    // Whether an empty array keeps its memory is about speed only.
    if node.parent?.as(LabeledExprSyntax.self)?.label?.text == "keepingCapacity" { return .visitChildren }
    negate(node)
    return .visitChildren
  }

  override func visit(_ node: ReturnStmtSyntax) -> SyntaxVisitorContinueKind {
    if let value = node.expression, isPlain(value), answersBool(Syntax(node)) { negate(value) }
    return .visitChildren
  }

  /// Neither a comparison, which is changed anyway, nor a literal, nor a statement that stands for a value.
  private func isPlain(_ value: ExprSyntax) -> Bool {
    if value.is(IfExprSyntax.self) || value.is(SwitchExprSyntax.self) { return false }
    return
      !value.is(InfixOperatorExprSyntax.self) && !value.is(BooleanLiteralExprSyntax.self)
  }

  private func answersBool(_ node: Syntax) -> Bool {
    var next = node.parent
    while let parent = next {
      if parent.is(ClosureExprSyntax.self) { return false }
      if let function = parent.as(FunctionDeclSyntax.self) {
        return function.signature.returnClause?.type.trimmedDescription == "Bool"
      }
      if let binding = parent.as(PatternBindingSyntax.self) { return binding.typeAnnotation?.type.trimmedDescription == "Bool" }
      next = parent.parent
    }
    return false
  }

  // MARK: Operators and constants

  private static let exchanged: [String: [String]] = [
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="], "===": ["!=="],
    "!==": ["==="], "&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["*"], "&+": ["&-"],
    "&-": ["&+"], "<<": [">>"], ">>": ["<<"], "&": ["|"], "|": ["&"],
  ]

  override func visit(_ node: InfixOperatorExprSyntax) -> SyntaxVisitorContinueKind {
    guard let symbol = node.operator.as(BinaryOperatorExprSyntax.self)?.operator.text else { return .visitChildren }
    let left = node.leftOperand.trimmedDescription
    let right = node.rightOperand.trimmedDescription
    for other in Self.exchanged[symbol] ?? [] where !isText(node.leftOperand) && !isText(node.rightOperand) {
      replace(node, by: "\(left) \(other) \(right)")
    }
    switch symbol {
    case "&&":
      alwaysTrue(node.leftOperand)
      alwaysTrue(node.rightOperand)
    case "||":
      alwaysFalse(node.leftOperand)
      alwaysFalse(node.rightOperand)
    case "??": replace(node.leftOperand, by: "nil")
    default: break
    }
    return .visitChildren
  }

  private func isText(_ node: ExprSyntax) -> Bool { node.is(StringLiteralExprSyntax.self) || node.is(ArrayExprSyntax.self) }

  override func visit(_ node: IntegerLiteralExprSyntax) -> SyntaxVisitorContinueKind {
    guard let value = Int(node.literal.text.replacing("_", with: "")) else { return .visitChildren }
    replace(node, by: "\(value + 1)")
    if value > 0 { replace(node, by: "\(value - 1)") }
    return .visitChildren
  }

  private static let exchangedCalls = [
    "min": "max", "max": "min", "contains": "allSatisfy", "allSatisfy": "contains", "prefix": "suffix", "suffix": "prefix",
    "union": "intersection", "first": "last", "last": "first",
  ]

  private func exchangeCalls(_ node: FunctionCallExprSyntax) {
    let name =
      node.calledExpression.as(MemberAccessExprSyntax.self)?.declName.baseName
      ?? node.calledExpression.as(DeclReferenceExprSyntax.self)?.baseName
    guard let name, let other = Self.exchangedCalls[name.text] else { return }
    // Whether an element is in a set has no opposite of the same form.
    if ["contains", "allSatisfy"].contains(name.text), node.trailingClosure == nil { return }
    let whole = range(node)
    let part = range(name)
    let text = [octets[whole.lowerBound..<part.lowerBound], ArraySlice(other.utf8), octets[part.upperBound..<whole.upperBound]]
    replace(node, by: String(decoding: text.joined(), as: UTF8.self))
  }

  // MARK: Statements

  override func visit(_ node: CodeBlockItemSyntax) -> SyntaxVisitorContinueKind {
    let siblings = node.parent?.as(CodeBlockItemListSyntax.self)
    let isOnlyOne = siblings?.count == 1
    let owner = siblings?.parent
    let isBody = owner.map { $0.is(ClosureExprSyntax.self) || $0.is(AccessorBlockSyntax.self) || isFunctionBody($0) } ?? false
    switch node.item {
    case .expr(let expression):
      if isBody, isOnlyOne, answersBool(Syntax(node)), isPlain(expression) { negate(expression) }
      removal(of: expression, isOnlyOne: isBody && isOnlyOne)
    case .stmt(let statement):
      let isGuard = owner?.parent?.is(GuardStmtSyntax.self) ?? false
      if isGuard { break }
      // At the end of a case it is only what must stand there.
      if statement.is(BreakStmtSyntax.self), owner?.is(SwitchCaseSyntax.self) ?? false { break }
      switch statement.kind {
      case .breakStmt, .continueStmt, .throwStmt: remove(statement, isOnlyOne: false)
      case .returnStmt where statement.as(ReturnStmtSyntax.self)?.expression == nil: remove(statement, isOnlyOne: false)
      default: break
      }
    default: break
    }
    return .visitChildren
  }

  private func isFunctionBody(_ node: Syntax) -> Bool {
    node.is(CodeBlockSyntax.self)
      && (node.parent.map {
        $0.is(FunctionDeclSyntax.self) || $0.is(AccessorDeclSyntax.self) || $0.is(InitializerDeclSyntax.self)
      } ?? false)
  }

  private func removal(of expression: ExprSyntax, isOnlyOne: Bool) {
    if let infix = expression.as(InfixOperatorExprSyntax.self) {
      let symbol = infix.operator.trimmedDescription
      guard symbol == "=" || ["+=", "-=", "|=", "*="].contains(symbol) else { return }
      // What an initializer sets must be set.
      if symbol == "=", expression.parent?.parent?.parent?.parent?.is(InitializerDeclSyntax.self) ?? false { return }
      remove(expression, isOnlyOne: isOnlyOne)
      if let other = ["+=": "-=", "-=": "+="][symbol] {
        replaceStatement(
          expression, by: "\(infix.leftOperand.trimmedDescription) \(other) \(infix.rightOperand.trimmedDescription)")
      }
      return
    }
    var called = expression
    while true {
      if let inner = called.as(TryExprSyntax.self) {
        called = inner.expression
      } else if let inner = called.as(OptionalChainingExprSyntax.self) {
        called = inner.expression
      } else {
        break
      }
    }
    guard let call = called.as(FunctionCallExprSyntax.self) else { return }
    let callee = call.calledExpression.trimmedDescription
    if ["precondition", "assert", "fatalError", "preconditionFailure", "assertionFailure"].contains(callee) { return }
    if callee.hasSuffix(".init") && callee.hasPrefix("self") { return }
    // The only expression of a function that answers something is its answer.
    if isOnlyOne, answersSomething(Syntax(expression)) { return }
    remove(expression, isOnlyOne: isOnlyOne)
  }

  private func answersSomething(_ node: Syntax) -> Bool {
    var next = node.parent
    while let parent = next {
      if parent.is(ClosureExprSyntax.self) { return false }
      if let function = parent.as(FunctionDeclSyntax.self) { return function.signature.returnClause != nil }
      if parent.is(AccessorDeclSyntax.self) { return false }
      next = parent.parent
    }
    return true
  }
}
