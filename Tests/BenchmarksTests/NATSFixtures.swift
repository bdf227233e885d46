import Foundation

/// Files as NATS-Bench writes them, by Python 3 with NumPy 2: two architectures, trained for lengths "12"
/// and "200", of which the last 2 and 3 epochs are there; on "cifar10-valid", "cifar10" and "cifar100"
/// with seed 777 (and 888 for 200 epochs).
///
/// The training accuracy at the last epoch is 48 + 10 i of architecture i (of 12 epochs), and 59 + 10 i
/// with seed 777, 60 + 10 i with 888 (of 200); one less at each epoch before. Of the splits, in the order
/// of `eval_names`, it is one less, two less and so on. Architecture 1's training losses with seed 777 are
/// no numbers.
enum NATSFixtures {
  static func bytes(_ name: String) throws -> [UInt8] {
    guard let text = files[name], let data = Data(base64Encoded: text) else {
      throw CocoaError(.coderReadCorrupt)
    }
    return Array(data)
  }

  static let files: [String: String] = [
    "000000.pickle.pbz2":
      "QlpoOTFBWSZTWU4Zj8IABVH//v//9ygw//v87JuTQr/v32dB5g8wBBgIAEPAEAACUNAEPgALLNkbJoJQRNIoep"
      + "tNQNPCjBGjR+p6oxDBD9UBkAxAPUAeo0YQaBJJGpqn7SntTEke0iGh6gPU0A0NNGgAANqaAADJpkaDQcaGgDQA"
      + "NAAAABoAAAABkAAAxAONDQBoAGgAAAA0AAAAAyAAAYgBUUiRqNT0aENAMmajIAGmmhppkNMho0yDTTEDRoMm1P"
      + "TUzkm3FFi2TeWHsQzIkbjlT9OYnch/adKGerJLSFsOB16tW6d2JoJ+VZQ1cJa5cKxcQ5qYmWcMRLDDCVZIvBhk"
      + "ykl+XDMWjKFD8IWDLoQxCP4JKLCOCLcB2lHV2KtkqrbYt3WEjk3MdrqaOzY4ELoFe89/zIZT85nNZ2WlaTe0H2"
      + "Oo1WsN63RNnPGY0aNTKJu0+NMDnmEynPm8ZmJ927BmMxKJqjj9uHeh0wjrOFLbVqwqVVWWrbV1Byx1rDEZbScO"
      + "chUtSbSe3NpLKmE0GhV5w1Pv9b3Llz+iMYhw5xJ0pzWj5hY2JZrytiWLNiYSy7EqzTDWQ1k1k8mfXO+mSYnVm9"
      + "TX1uTfZuWWXiM/oHTGGpfpRUOYh4E2U/2HCje2UJa4Csm0fTAq4J/umgWdToRlOTYGjGL9rRSwBfSsEQ0GAVs5"
      + "LDnqNVzF2uxVW3ZoqLq1tVXnrHrY6ZPNVMlYFRt2Eh0JJTTe9n2WEykfdrtL5emnz9BwhQ+GZQ3XczpzDOSVrE"
      + "Y26bSPrcp88CddO3cfw3SZwKelhszM0APQbadcZQ7EFG2OMOSNYdgbwMhQycWas8xlNmNM1I4UqrLW/lWcU2Wl"
      + "nlxIgw73U4ICes15kBxHa6is162zGZPJIgUtcID4krXMUVhaXCbImfJCHF4CE9A3r+OY5lrZ46hwVIWeEPzRMk"
      + "EyokkzPTatUFi0ii3AW8qbUJSZECGLJq+JeO5VV00uqgpAVIyvRclFrbNJBEBSjVn1EKeBlYFlTP3Lw5ko7Di3"
      + "gGmX9RmZrTXEwFXdy/O6VEAovxtWy8Zi4YmqqnmMARAWD3rEdIN+wssA4+idaHGw7p2RVNvsbJl2fQeNkvcXJM"
      + "kyTLf0nm/jVVWP6ktyyqlmRhJckIGugXqXv+JAaOm3L+yDKivcZKF1ITVNQ8asrCmiOZfRgOW5pyqGRWg8pO0F"
      + "CBRXYK9LtIgTD5aMsXVbvGNnN/MLP87sQo7cXFxhJta7hUsq8a8Rk3yvR/bkOVqzTZqabLpwWmblcfjbrv99DH"
      + "OsQPXl3dKKVkoLgDLJQTqNCDkyBsiCE+4rouya+M9PO10x6m+1sfF/0O7Ilh6cOhDvw7yG4ntJuQ8EOiSTch46"
      + "Q203H/i7kinChIJwzH4Q",
    "000001.pickle.pbz2":
      "QlpoOTFBWSZTWRQadDYABVJ//v//9ygw//v0/5uTwr/n32fB5g8wBBgIAEPAEAACUNAEPgALLG1tWwDQk0TSaa"
      + "G1A2hMQNA0eoA0Gmg0ABpoA0AeoAAA0QQJlNkTT0gAyBoyAAAGg0BoAAAGQAAcAAaAAGQAAAGQ0aAAAAAAAAAH"
      + "AAGgABkAAABkNGgAAAAAAAAAiUSaJkyCam0QbSeKemo2oGm1NPSZGmnqNB6mmh6amnqGT1B6NQ9GKenqljysGM"
      + "GKQCJIuKIe42CgOM6/8dppwIT/X7ULl0BkVCR5n5wkJLb4DcB3oVQu0GQ7CEKSiHbGjWxCiMQoUGEVJnoVKqzD"
      + "QsAkAqhADdQiBX6UKIJ5AWARBOaBJQA8RAO/lwkWEJJEkgpryoHi2/DzELANg6/qIbzVvnhLpIDigAbhaZAF0H"
      + "RrSoG2mUltUb49sc+oGyFRsdluNgUfBfACwbAGN0Dpb6HmQ7yAG6aDJISEQgwhCMhJIS0C6fCBuxCjVIpZBDke"
      + "iqcjyPVYNBsDXITtAW2tra3C1n4+2e/e2e4BSiGiOe/EWdwCJiY4GGJiRxNBjMTCP1oYBDTclD3nbeNqhR3HKH"
      + "DguzqSta+gWfUB3QKFs2hIIdZ8sHzuo7HEhakKRCBuAA0LxHaZvmb7U4q7MmsMtBl8Ita1TihADjKAA6BjGACh"
      + "aCm8MnqTFzP0Ir5zxEfEUqdIo6yo06Lyd19khGfEgwRBDiVDcWs1xowQqLBJEIjut4mQgECc57ARM8zQ0IgdDa"
      + "oa0jPOErVkhWIAIBzI0dWvIDKgBgPRERERgAUzlHwAVQ3UCAcoHSA1wMAG6BiAKgQAqaTdegVdNLzamgwhGQzW"
      + "EdINMvFldFQ0vV2NQBuOtcMkPXp0yrbDoXa1QbMu9eLmSWS3ohoBzkgMSmEy1R4hNTQEb/NOSUwxA5IQ6ZLECy"
      + "TbApYBTFi/puOCaIbhGRugHHMu9hppCIBiS0kGLKFGVPeKCIQAJ0GUDyCJ46qCgQDwAJQN8dQIE24JMJSWV1q6"
      + "CgiVq6AG8b7nue8EkkA7/V9Lx0sS+GDnYue8VwkLTcmXlttE6BFABOjmK8GWBbmCjgAPUCDd7bSEqp/EDpeZqq"
      + "MDnd4m+SjUY1GubAfHowhCFOBZK1hDMMyPKRFktAgKZAS8VVTUIBF0ElvkEMjVIQsI85hmijal0buYwsJE28UE"
      + "jHYaGiqFtSWWUoUYChfOIAcwEoZCgwEpXWkul+lPWsPIhH/OFEIBwpKSlBeTKNSBGE1ZolTOIdP+esdm63o23o"
      + "y9QJAsOzq+7kcfGIU+fNQuO3oYUwuchaBHOQyHFgQ6lQ8whfyObmYMquGll7awjTWzMFPo/5DhUYhrIbSHEh5U"
      + "Mb7LjQ86HdBXGhz3GhGJBkQOUcZ/4u5IpwoSAoNOhsA=",
    "meta.pickle.pbz2":
      "QlpoOTFBWSZTWbDXgNYAAH9/4HUYIAAASXgAAAkAgq/v30dABIYAMAC6sGVRg0AAABMTE2p6BDSSemkzUaZGBG"
      + "JoGNJtBIoUaNAGgBoAAepo2pPF8smFh9D3+FsGEznAiKIrZQ5ndjbOHJSRpsUKCKnhDEWysANgEgIiTfAxJ6fP"
      + "Bc1SVFR0FU6VKDVQmBGkDSoInVQsCoRSrq2xechLrfU1rTKFZ5loRqTQBoTM9Qo1Ulkw2QEk4ADuDl6yqG23c6"
      + "nhH7i7kinChIWGvAaw",
  ]
}
