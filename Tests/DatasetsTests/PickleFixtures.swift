import Foundation

/// Pickles that Python 3 wrote with NumPy 2, and one as Python 2 writes it with NumPy 1, compressed by
/// gzip, in base64: of five images, whose planes are 50 r, 50 r + 3 and 50 r + 6 (modulo 256) for image
/// r, and labels 1, 120, 121, 1000, 7.
enum PickleFixtures {
  static func bytes(_ text: String) throws -> [UInt8] {
    guard let data = Data(base64Encoded: text) else { throw CocoaError(.coderReadCorrupt) }
    return Array(data)
  }

  static let sound: [String: String] = [
    "python3, protocol 2":
      "H4sIAAAAAAACA+3ZyUrDUBgF4Nukg43zUK1zHemqUEHowoVrQ7vIKi5EMmkqbdqT3oABBTedEFwKgk+jL+NbaNrUlW"
      + "/g/c+BfIXk3gc4fZIewYp6kjFmG9xAwvKCZjssXVst3yk1gwavG75vhMq171gtr8P9wOIKpPgzxbPjt5BV1kXSio7Z"
      + "jtVRHG/0Q0FKT0Q3m0jr6ciGweteGZkepjRk+1A0TBfVhJqqMrmHmcmdNg/b0dFZXYqOBGXMDQd9zGtYKKry+LoHLN"
      + "ZqtYvvKOOHyjiWzKGb0lmOCR9Z8KQFz4ngORU8FcFjC55bwXMneD5eqUL3jSp036ki93NAFbrPVKH7QhW5WHYzPaxo"
      + "yHGsmpPd1XQaHaxdIT+aW+/VsPolqxlnPPs2HcPDuiu54wl3w832salhK/qwyuQutt14iL2pYGc0xO5qKPwOsWfY+z"
      + "PE7sdDbH6yRhYuz0mSJEmSJEmSJEmSJEmSJEmS/D/iYPRHxKGGI45jMyj9AE2xqSZrLgAA",
    "python3, protocol 3":
      "H4sIAAAAAAACA+3XyUrDUBTG8Zumg8ahztaRLrsqKAhduBDdGdpFVnEhJZNGadN+6Q0YUHBTa19AEHwgQfA5fAu9HV"
      + "z5Bp7zX+QHyYGsv0f9AaJiZ4UQviMdaF6UtLtptel14qDaTlryxoljJzWaceB1op6ME08ayEzOjMiffIVuij6yZ5qL"
      + "3AB5C4WKqZm5utCfMDO99WXaDQzM2hn1s+QAxvB5gDkL8xVTtzX17h4LjUbj/Fs1fphCYtEdnoqiIJ9OvDzxDol3RL"
      + "wa8XziXRPvlngvxHsl3hvx3on3QbxP4qEoseTaeTUFW44btHpYvsTKaGTfmWn9SzcLwXjEtwMnwmqYCceDfC1Ua3zd"
      + "woY6VFu8j81wMr+vaiiN5veWhe3f+X2MnT/ze3c0v0vTDVq+OGFZlmVZlmVZlmVZlmVZlmVZ9v+IPYl9N6n+ALp5Ty"
      + "4vKAAA",
    "python3, protocol 4":
      "H4sIAAAAAAACA+3ZvUrDUBjG8aRJGgTRTRzd7BRQEDo4iG6GZnDrIOUkORolSUt6AgYUXPwonK2vguAFCYLX4V3UJO"
      + "3g4BX4Pv8hPwJvLuAh9/bLYtdou6OetmOhBOmtvMwmlTeKxoX0sjJVV6IoREV6fVTIaJxPVVFGiuaknfaStJvHy5M5"
      + "+cYDnZghPdEZ9XzTdwaG9UiJo51YVRPZfNUp92j2vDywtHlLQRCcLurah28oCmfHxqbBPot5XebtM++AeX3mxcy7ZN"
      + "41816Z98a8d+Z9MO+TeV/Mo3oJ624qQplO6byd0zd+Nfi2fFdqO5Mip8RO3GZyJ2urwV3P7fptQ3cu+r9H9uHfI3t7"
      + "tTR3hkcQQgghhBBCCCGEEEIIIfw/Nj8ZSu8HgnenLAooAAA=",
    "python2, protocol 2":
      "H4sIAAAAAAACA+3XyUrDUBTG8QwdNA51to647CqgIHThwrWXdhHMwoVIJo3Spv3SGzCg4KbWvoAg+ECC4HP4Fpqk3f"
      + "kGnvNf3N/inhf4nrRHKA275DvSgepFSbefml4vDsxu0pG3Thw7qXEVB14vGsg48aQBbXJlRP7kF7pQhijZqovyCBUL"
      + "1YZQRbml6M+Ymd76Mu0HBmZtLTmEMX4ZYc7CfEPotvqAhXa7ffaTVTxCkVh0x+dKTSGfTrwK8Y6Id0y8JvF84t0Q74"
      + "54r8R7I9478T6I90m8L+KhJrHk2pWO4wadAZYvsZJv63uRtr51UQ3sUjdwIqyGWliM8LUwW+DrFjayq2x/D7EZZpP7"
      + "uol6Prm3LGwXk/sEO38m924+uevT3XlwccqyLMuyLMuyLMuyLMuyLMuy7P8RexL7bmL+Av+/4uYZKAAA",
    "labels in an array":
      "H4sIAAAAAAACA2tgmcorwAAGtVM0elhSEksSp/SI5ZXmFlTqxSfnF6Xq5ZbmlGQmFhUlVk7p4YkvSk3OzysuKSpNLp"
      + "kyeUoPK1jllB72vBSIkslTvBlapzgzJk1pnxI0RcOb0ZvVl4G5bUoGaw9rSkllQSpIF1Op4ZTODogC5h7Gmil+fn5e"
      + "/4EATHgzlExJ6nRi4GcY8YB5hAO2EQ6MRjgwHeHAYoSDlBEO0kc4yBrhYNoIBzNHOJgzwsGJEQ5Oj3BwboSDKcCecA"
      + "9bTmJSak7xlAyWDHZQ5zqDE961BnL4epgyLZB70zbYetPOGozQLmUFlK6E0i+YITQ7lA+yslQPAJiHNJUYEAAA",
    "labels of numpy numbers":
      "H4sIAAAAAAACA+XXQUrDQBQG4EnSpF2IuhKEHiCrQIVCF67MzmAW7qVMksGppGmZzIABBTdWC2/XV0HogQTBc3gLja"
      + "mLQnqD9y3e4ud/B/ifOuvhMWs8og+djGuOcFKY6bwKxulMiWBqcj3hSvEK4WCsRDorSq1MqnGF4DZNhG6RbSsrjNgz"
      + "hlaCL3iNfmRF7hVzFihdcDNdzcXfl20GuHzdFhywHjCO48ufWnMipjFZXrAjRp5DnEfcGXFD4kbEZcTdEndH3Btx78"
      + "RtiPsg7pO4L+KwXsLg5TwReYk36EsbvDLlOVf1jJaHYE9Gu0P6fM+QDnvW/5jERd2Tp7If9u7bUdWOvp1W1N1tCRP8"
      + "AjcJGaZAEAAA",
  ]

  /// Each wrong in another way.
  static let broken: [String: String] = [
    "call":
      "H4sIAAAAAAACA2tgqi1k0IhgYWBgSEksSSxkTC7IL86s4CquLC5JzeUqZIrgB0qV5JcmZyjol+QW6KeWZeYUMrcWsg"
      + "QVskawAeVyEpNSc4oL2WIL2Uv1AH2oT1BPAAAA",
    "fortran":
      "H4sIAAAAAAACA2tgmbqJnwEMaqdo9LCkJJYkTukRyyvNLajUi0/OL0rVyy3NKclMLCpKrJzSwxNflJqcn1dcUlSaXD"
      + "Jl8pQeVrDKKT3seSkQJZOneDO0TnFmTJrSPiVoioY3ozerLwNz25QM1h7WlJLKglSQLqZSwymdHRAFzD2MNVP8/Py8"
      + "/gMBmPBmKJmS1OHEAHKXUcq0E6PEKDFKjBIjkGA2TZ95epQYJUaJUWIEEmwWWXPOjRKjxCgxSoxAYgqwJ9zDlpOYlJ"
      + "pTPCUW3J2u8K70fcHszZ5aqgcAEKod9r0PAAA=",
    "width":
      "H4sIAAAAAAACA2tgmRrHxwAGtVM0elhSEksSp/SI5ZXmFlTqxSfnF6Xq5ZbmlGQmFhUlVk7p4YkvSk3OzysuKSpNLp"
      + "kyeUoPK1jllB72vBSIkslTvBlapzgzJk1pnxI0RcOb0ZvVdw9T25QM1h7WlJLKglSQLqZSwymdHRAFzD2MNVP8/Py8"
      + "/gMBmPBmKJmS1Om0hpdhxAPmEQ7YhjAwGuHAdIQDiyEMUkY4SB/hIGsIg2kjHMwc4WDOEAYnRjg4PcLBuSEMpgB7bT"
      + "1sOYlJqTnFU2LBXb8K70rfF8ze7KmlegAblBt0aQ4AAA==",
    "type":
      "H4sIAAAAAAACA+3bPUoDQRiH8V2TNY11QPAAqbayTBGSJjhkC7GVuF+isNmEzSy4hWDjR2C6vF7EE1haWXmI3MKPjb"
      + "d4nwd+U/0H5gLz0H19G3pt9zJw3Sy2sbh+WS9WTThPl1UeLurC3sZVFTfijuZVni7Lta3q1MpWXNAuxfXKbD/ZivEe"
      + "ZeIn8iznMjC+CWZe50luAhdktlnlf7cOrk9l87IfdJw/lCiKzr5/aw/jWUk2Y+//XUSktdEIgFbvANSajgFodQFArS"
      + "sAan0AUOsTgFpfANTqTwBodQxArRMAak0BqGUAqBUBUEqsJO6wiJO8WMtl+534zjSzXcf08jr8AVOGk6W9PAAA",
    "few labels":
      "H4sIAAAAAAACA+XXvYrCQBQF4Ikx2gh2PoNVQGHBWjsHU9iLTJLBVWKUcQY2sMI2/sF0HoWFfQgfQ1jwOXwLf6Jvcb"
      + "/iVufAbc9P8XCqstwSdVuMhRawtdRM55k/jGZK+lOT6LFQSmSwlaGS0SxdaGUijT2slydhy2n8iuzB2QodJ8QGfdS5"
      + "w70ec9f49KwX62wun62CaWC3fQVc63wjCILu7SE/nGmEuzZ7/0WZS1yJuCZxH8S1iIuJGxE3Ie5I3C9xf8Sdifsn7k"
      + "IcHkvYlhIRymSBQT6nv3jWu7rS+HdiodFauw8AAA==",
    "wrong label":
      "H4sIAAAAAAACA2tgmbqJnwEMaqdo9LCkJJYkTukRyyvNLajUi0/OL0rVyy3NKclMLCpKrJzSwxNflJqcn1dcUlSaXD"
      + "Jl8pQeVrDKKT3seSkQJZOneDO0TnFmTJrSPiVoioY3ozerLwNz25QM1h7WlJLKglSQLqZSwymdHRAFzD2MNVP8/Py8"
      + "/gMBmPBmKJmS1OnEAHXXSAbMIxywjXBgNMKB6QgHFiMcpIxwkD7CQdYIB9NGOJg5wsGcEQ5OjHBweoSDcyMcTAH2hH"
      + "vYchKTUnOKp8SCu9NM3gy+L5m9mVNL9QCtbBVevQ8AAA==",
    "list":
      "H4sIAAAAAAACA2tgmcrGAAGxU7wZE/UAwJSDHxEAAAA=",
    "nested":
      "H4sIAAAAAAACA2tgmarLAAG1UzR6WFISSxKn1E7pYayY4s1Y3MOWk5iUmlM8JXaKhjejd4V3pe8LZm/21FI9AN2dR5"
      + "U4AAAA",
    "no labels":
      "H4sIAAAAAAACA+XXOwrCQBCA4Y1JtBHsPINVQEGw1s7FFF4gbLLBB+bBZlMEFGx8BLbLKAQ8kCB4JY2Jt5ivmOofmH"
      + "aOxq3skdoBlMGZZKD6YRrEmeV4kfCtIN3JDROCZaC6jvC9KEykSD0JBSizLkF1Qt4kBVBygpnmwgWWMKAaNRdEP8Pa"
      + "VCaXWez/tlrpEPJrE+hK24Nt2/NPpR6USHDzKfmfhZmOXBu5EXJj5CbIceRWyG2RuyNXIvdA7oncC7k3clB9won1Bd"
      + "enXA+kDwAA",
    "protocol 0":
      "H4sIAAAAAAACA9NIKTDgCktJLEnkKjDk8jTkKtYDAMuEkWcTAAAA",
  ]
}
