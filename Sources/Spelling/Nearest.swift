/// The nearest known name to one that is not known, so that an error about a misspelling can say what
/// was probably meant.
///
/// A name counts as near when at most a third of its letters, and at least one, would have to change
/// (Damerau and Levenshtein's distance with adjacent transpositions, upper and lower case alike).
public func nearest(to name: String, among known: some Sequence<String>) -> String? {
  let letters = Array(name.lowercased().prefix(longestCompared))
  var best: (name: String, distance: Int)?
  for candidate in known.sorted() {
    let other = Array(candidate.lowercased().prefix(longestCompared))
    let distance = editDistance(letters, other)
    let allowed = max(1, max(letters.count, other.count) / 3)
    if distance <= allowed, distance < best?.distance ?? Int.max { best = (candidate, distance) }
  }
  return best?.name
}

/// "unknown operator 'nor_conv_3x4' (did you mean 'nor_conv_3x3'?)"; where nothing is near, all that
/// is known: "unknown split 'x' (known: test, train, validation)".
public func unknown(_ kind: String, _ name: String, known: some Collection<String>) -> String {
  let shown = name.count > longestCompared ? name.prefix(longestCompared) + "…" : name[...]
  if let near = nearest(to: name, among: known) {
    return "unknown \(kind) '\(shown)' (did you mean '\(near)'?)"
  }
  return "unknown \(kind) '\(shown)' (known: \(known.sorted().joined(separator: ", ")))"
}

/// Longer names are compared by their first letters only: a message needs no more, and a megabyte of
/// garbage must not cost a minute.
private let longestCompared = 64

private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  var beforePrevious: [Int] = []
  var previous = Array(0...right.count)
  for row in 0..<left.count {
    var current = [row + 1]
    current.reserveCapacity(right.count + 1)
    for column in 0..<right.count {
      let substitution = previous[column] + (left[row] == right[column] ? 0 : 1)
      var distance = min(substitution, previous[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        distance = min(distance, beforePrevious[column - 1] + 1)
      }
      current.append(distance)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.count]
}
