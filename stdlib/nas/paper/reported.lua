--- What the paper reports, with the place in it: Zhang, Zhang and Yang, "How Does Weight Sharing
-- Help in Neural Architecture Search?" (arXiv:2010.08219). Numbers stand here only as far as its
-- text or tables have them; what is seen in its pictures is told in words.

local budgets = {
  { 16, -0.16 }, { 32, 0.02 }, { 64, 0.34 }, { 128, 0.64 }, { 256, 0.71 }, { 512, 0.67 },
  { 1000, 0.68 }, { 2000, 0.70 }, { 4000, 0.72 },
}

local byEpochs = {
  place = "Figure 7 (b), row of the ground truth: NAS-Bench-201",
  headers = { "epochs", "Spearman with the truth" }, rows = budgets,
}

local atLength = {
  place = "Table 3, baselines",
  headers = { "supernet", "Spearman with the truth", "top-10, %" },
  rows = {
    { "NAS-Bench-101, 1,000 epochs", 0.618, 93.45 },
    { "NAS-Bench-101, 2,000 epochs", 0.659, 93.82 },
    { "NAS-Bench-201, 2,000 epochs", 0.701, 69.66 },
  },
}

return {
  table1 = { {
    place = "Table 1",
    headers = { "space", "valid architectures", "data", "task", "type" },
    rows = {
      { "NAS-Bench-101", "95985 (42228 classes)", "CIFAR-10", "image classification", "cells" },
      { "NAS-Bench-201", "15284", "CIFAR-100", "image classification", "cells" },
      { "DARTS-CIFAR10", "2.76e20", "CIFAR-10", "image classification", "cells" },
      { "ProxylessNAS", "2.22e17", "ImageNet", "image classification", "chain" },
      { "DARTS-PTB", "2.64e9", "Penn Treebank", "language modelling", "cells" },
    },
  } },
  table2 = { {
    place = "Table 2 (its weight decay of DARTS-PTB, 8·10⁷, lost a minus sign)",
    headers = {
      "space", "batch", "learning rate", "decay", "weight decay", "clip", "calibration batch",
      "steps",
    },
    rows = {
      { "NAS-Bench-101", 256, 0.1, "cosine", 1e-4, 5, 400, 25 },
      { "NAS-Bench-201", 256, 0.05, "cosine", 5e-4, 5, 400, 25 },
      { "DARTS-CIFAR10", 448, 0.1, "cosine", 3e-4, 5, 200, 100 },
      { "ProxylessNAS", 1024, 0.2, "cosine", 5e-4, 0, 400, 25 },
      { "DARTS-PTB", 256, 40, "constant", 8e-7, 0.1, "-", 0 },
    },
  } },
  figure1 = { byEpochs, atLength, {
    place = "Figure 1 and section 2",
    text = "Longer training does not guarantee a better ranking: DARTS-CIFAR10 reaches 0.54 after "
      .. "64 epochs and falls to about 0.2; DARTS-PTB can be below 0; NAS-Bench-201 reaches about "
      .. "0.7. Where the correlation is above 0.4, weight sharing beats random search by a clear "
      .. "margin.",
  } },
  figure2 = { {
    place = "Figure 2 and section 2",
    text = "Sharing less hardly helps: on NAS-Bench-201 only a space 64 times smaller, of 244 "
      .. "architectures, is ranked noticeably better; on NAS-Bench-101 there is no trend.",
  } },
  figure3 = { {
    place = "Figure 3 and section 2",
    text = "Supernets of different budgets agree with each other far more than with the truth, "
      .. "even where all of them are wrong (DARTS-PTB). Parameters have 0.67 with the truth on "
      .. "NAS-Bench-101, more than any supernet, and 0.75 on NAS-Bench-201.",
  } },
  figure4 = { {
    place = "Figure 4 and section 2",
    text = "conv3x3 is preferred on NAS-Bench-101, rightly; on NAS-Bench-201's edge from input to "
      .. "output wrongly, where the best have skip_connect; on DARTS-PTB tanh, wrongly.",
  } },
  figure5 = { {
    place = "Figure 5 and section 3",
    text = "On NAS-Bench-101 the advantage over random search fades with the correlation, the more "
      .. "the space is pruned to its best; on NAS-Bench-201 it is very little at the best eighth, "
      .. "and the correlation rises to 0.6 at the best 128th.",
  } },
  figure6 = { {
    place = "Figure 6 and appendix B",
    text = "377 architectures of DARTS-CIFAR10, 36 of ProxylessNAS and 137 of DARTS-PTB were "
      .. "trained from scratch: accuracy against size, and perplexity of validation against that "
      .. "of test.",
  } },
  table3 = { {
    place = "Table 3",
    headers = { "space", "setting", "Corr-BL", "Corr-GT", "delta", "top-10", "delta" },
    rows = {
      { "NAS-Bench-101, 1k", "baseline", 1.000, 0.618, "", 93.45, "" },
      { "", "FairNAS", 0.967, 0.683, 0.064, 93.64, 0.19 },
      { "", "multi-path", 0.963, 0.626, 0.007, 93.87, 0.42 },
      { "", "lr 0.05, weight decay 3e-4", 0.982, 0.608, -0.010, 93.13, -0.32 },
      { "", "different seed", 0.982, 0.630, 0.012, 93.59, 0.14 },
      { "NAS-Bench-101, 2k", "baseline", 1.000, 0.659, "", 93.82, "" },
      { "", "FairNAS", 0.964, 0.652, -0.007, 93.41, -0.41 },
      { "", "multi-path", 0.963, 0.656, -0.002, 93.64, -0.18 },
      { "", "lr 0.05, weight decay 3e-4", 0.970, 0.611, -0.048, 93.45, -0.37 },
      { "", "different seed", 0.979, 0.644, -0.014, 93.45, -0.37 },
      { "NAS-Bench-201, 2k", "baseline", 1.000, 0.701, "", 69.66, "" },
      { "", "FairNAS", 0.978, 0.716, 0.015, 69.87, 0.21 },
      { "", "multi-path", 0.984, 0.706, 0.005, 70.05, 0.39 },
      { "", "CIFAR-10", 0.915, 0.831, 0.130, 69.87, 0.21 },
      { "", "ImageNet-16-120", 0.962, 0.711, 0.010, 69.72, 0.06 },
    },
  } },
  figure7 = { byEpochs, {
    place = "Figure 7 and appendix C",
    text = "Almost all settings agree with each other: on NAS-Bench-201 supernets of 256 epochs "
      .. "and more have 0.89 to 0.99 with each other, whatever the trick or the data; those of 16 "
      .. "and 32 epochs agree with nothing but each other.",
  } },
  figure8 = { {
    place = "Figure 8 and appendix D",
    text = "The mean accuracy of submodels rises with the epochs in all five spaces, with no sign "
      .. "of over-fitting, and surpasses the mean ground truth on NAS-Bench-101; the correlation "
      .. "does not follow.",
  } },
  published = { {
    place = "Sections 2 and 3, Figures 3, 4, 5 and 7",
    text = "Parameters have 0.67 with the truth of NAS-Bench-101 and 0.75 with that of "
      .. "NAS-Bench-201 (0.73 over all valid cells); the best cells of NAS-Bench-201 have "
      .. "skip_connect on the edge from input to output.",
  } },
}
