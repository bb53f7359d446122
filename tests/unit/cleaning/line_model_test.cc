#include "cleaning/line_model.h"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "support/model_file.h"

namespace copydesk::cleaning {
namespace {

using testing::ModelFile;

std::string fault_of(const std::string& bytes) {
  const Result<LineModel> model = LineModel::parse(bytes, "m.bin");
  return model.ok() ? "" : model.error().message;
}

ModelFile random_model(std::uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> weight(-0.5F, 0.5F);
  const auto fill = [&](std::size_t n) {
    std::vector<float> values(n);
    for (float& value : values) value = weight(random);
    return values;
  };
  ModelFile file;
  file.width = 3;
  file.hidden = 5;
  file.kernel = 3;
  for (std::uint32_t word = 7; word < 7 * 40; word += 7) file.words.push_back(word);
  file.embeddings.resize((file.words.size() + 1) * file.width);
  for (std::int8_t& value : file.embeddings) value = static_cast<std::int8_t>(random() % 255 - 127);
  file.scale = fill(file.width);
  file.first = fill((file.width + kLineNumbers) * file.hidden);
  file.first_bias = fill(file.hidden);
  for (const std::uint32_t dilation : {1U, 4U}) {
    file.layers.push_back(
        {dilation, fill(std::size_t{file.kernel} * file.hidden * file.hidden), fill(file.hidden)});
  }
  file.last = fill(file.hidden);
  file.last_bias = weight(random);
  return file;
}

LineFeatures random_features(std::uint32_t seed, std::size_t lines) {
  std::mt19937 random(seed);
  LineFeatures features;
  features.lines.resize(lines);
  for (ModelLine& line : features.lines) {
    line.first_token = static_cast<std::uint32_t>(features.tokens.size());
    line.tokens = static_cast<std::uint32_t>(random() % 6);
    for (std::uint32_t i = 0; i < line.tokens; ++i) {
      features.tokens.push_back(static_cast<std::uint32_t>(random() % 300));
    }
  }
  features.numbers.resize(lines * kLineNumbers);
  for (float& number : features.numbers) {
    number = random() % 3 == 0 ? 0.0F : static_cast<float>(random() % 1000) / 1000.0F;
  }
  return features;
}

// The obvious network, in double.
std::vector<double> slow_scores(const ModelFile& m, const LineFeatures& features) {
  const std::size_t n = features.lines.size();
  std::vector<std::vector<double>> x(n, std::vector<double>(m.hidden));
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> input(m.width);
    for (const std::uint32_t token : features.tokens_of(i)) {
      const auto it = std::find(m.words.begin(), m.words.end(), token);
      const std::size_t row =
          it == m.words.end() ? 0 : static_cast<std::size_t>(it - m.words.begin()) + 1;
      for (std::size_t k = 0; k < m.width; ++k) {
        input[k] += static_cast<double>(m.embeddings[row * m.width + k]) * m.scale[k] /
                    static_cast<double>(features.lines[i].tokens);
      }
    }
    for (const float number : features.numbers_of(i)) input.push_back(number);
    for (std::size_t h = 0; h < m.hidden; ++h) {
      double sum = m.first_bias[h];
      for (std::size_t k = 0; k < input.size(); ++k) sum += input[k] * m.first[k * m.hidden + h];
      x[i][h] = std::max(sum, 0.0);
    }
  }
  for (const ModelFile::Layer& layer : m.layers) {
    auto y = x;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t h = 0; h < m.hidden; ++h) {
        double sum = layer.bias[h];
        for (std::uint32_t tap = 0; tap < m.kernel; ++tap) {
          const auto at = static_cast<std::ptrdiff_t>(i) +
                          (static_cast<std::ptrdiff_t>(tap) - m.kernel / 2) * layer.dilation;
          if (at < 0 || at >= static_cast<std::ptrdiff_t>(n)) continue;
          for (std::size_t k = 0; k < m.hidden; ++k) {
            sum += x[static_cast<std::size_t>(at)][k] *
                   layer.weights[(tap * m.hidden + k) * m.hidden + h];
          }
        }
        y[i][h] += std::max(sum, 0.0);
      }
    }
    x = y;
  }
  std::vector<double> scores;
  for (const auto& row : x) {
    double sum = m.last_bias;
    for (std::size_t h = 0; h < m.hidden; ++h) sum += row[h] * m.last[h];
    scores.push_back(sum);
  }
  return scores;
}

TEST(LineModel, ScoresAsTheObviousNetworkDoes) {
  LineModel::Scratch scratch;
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const ModelFile file = random_model(seed);
    const Result<LineModel> model = LineModel::parse(file.bytes(), "m.bin");
    ASSERT_TRUE(model.ok()) << model.error().message;
    for (const std::size_t lines : {0U, 1U, 2U, 9U, 40U}) {
      const LineFeatures features = random_features(seed * 100 + 1, lines);
      std::vector<float> scores;
      model->score(features, scratch, scores);
      const std::vector<double> expected = slow_scores(file, features);
      ASSERT_EQ(scores.size(), expected.size());
      for (std::size_t i = 0; i < scores.size(); ++i) {
        EXPECT_NEAR(scores[i], expected[i], 1e-3 * (1 + std::abs(expected[i])));
      }
    }
  }
}

TEST(LineModel, InterpolatesProbabilitiesAndThresholds) {
  ModelFile file;
  file.probability_x = {-2, 0, 2};
  file.probability_y = {0.1F, 0.5F, 0.9F};
  file.threshold_x = {0.01F, 0.02F, 0.04F};
  file.threshold_y = {3, 2, 1};
  const Result<LineModel> model = LineModel::parse(file.bytes(), "m.bin");
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_FLOAT_EQ(model->probability(-9), 0.1F);
  EXPECT_FLOAT_EQ(model->probability(-1), 0.3F);
  EXPECT_FLOAT_EQ(model->probability(0), 0.5F);
  EXPECT_FLOAT_EQ(model->probability(2), 0.9F);
  EXPECT_FLOAT_EQ(model->probability(9), 0.9F);
  EXPECT_FLOAT_EQ(model->probability(std::numeric_limits<float>::quiet_NaN()), 0.1F);
  EXPECT_EQ(model->threshold(0.009), std::numeric_limits<float>::infinity()) << "never measured";
  EXPECT_FLOAT_EQ(model->threshold(0.01), 3.0F);
  EXPECT_FLOAT_EQ(model->threshold(0.015), 2.5F);
  EXPECT_FLOAT_EQ(model->threshold(0.04), 1.0F);
  EXPECT_FLOAT_EQ(model->threshold(0.5), 1.0F);
  EXPECT_EQ(model->threshold(0), std::numeric_limits<float>::infinity());
}

TEST(LineModel, RefusesWhatIsNoModel) {
  EXPECT_EQ(fault_of(""), "m.bin: not a line model of this version");
  EXPECT_EQ(fault_of("copydesk line model 2\nand more"), "m.bin: not a line model of this version");
  EXPECT_EQ(fault_of("copydesk line model 1\n"), "m.bin: the line model is cut short");
}

TEST(LineModel, RefusesEveryDamagedByteAndEveryCut) {
  const std::string good = ModelFile().bytes();
  ASSERT_EQ(fault_of(good), "");
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_NE(fault_of(bad), "") << "byte " << at;
    EXPECT_NE(fault_of(good.substr(0, at)), "") << "length " << at;
  }
}

// Faults under a right checksum.
TEST(LineModel, RefusesNumbersThatDoNotFit) {
  const auto fault_with = [](auto change) {
    ModelFile file;
    change(file);
    return fault_of(file.bytes());
  };
  const std::string features = "m.bin: the line model was trained on other features than these";
  const std::string sizes = "m.bin: the line model has sizes out of range";
  const std::string count = "m.bin: the line model does not hold the numbers that it says";
  const std::string order = "m.bin: the line model has tables out of order";
  EXPECT_EQ(fault_with([](ModelFile& f) { f.version = kLineFeatureVersion + 1; }), features);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.numbers = kLineNumbers + 1; }), features);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.width = 0; }), sizes);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.width = 65; }), sizes);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.hidden = 257; }), sizes);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.kernel = 2; }), sizes);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.kernel = 17; }), sizes);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.probability_x = {0}; }), sizes);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.threshold_x = {}; }), sizes);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.last.push_back(1); }), count);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.first.pop_back(); }), count);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.last_bias = std::nanf(""); }), count);
  EXPECT_EQ(fault_with([](ModelFile& f) {
              f.layers.resize(1);
              f.layers[0].dilation = 0;
            }),
            "m.bin: a dilation is out of range");
  EXPECT_EQ(fault_with([](ModelFile& f) { f.last_bias = 10'001; }), count);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.last_bias = -10'001; }), count);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.last_bias = 10'000; }), "");
  EXPECT_EQ(fault_with([](ModelFile& f) { f.last_bias = std::numeric_limits<float>::infinity(); }),
            count);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.probability_y = {-0.1F, 1}; }), order);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.probability_y = {0, 1.1F}; }), order);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.probability_x = {4, -4}; }), order);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.probability_y = {1, 0}; }), order);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.threshold_x = {0.1F, 0}; }), order);
  EXPECT_EQ(fault_with([](ModelFile& f) { f.threshold_y = {0, 4}; }), order);
  EXPECT_EQ(fault_with([](ModelFile& f) {
              f.words = {5, 5};
              f.embeddings = {0, 0, 0};
            }),
            order);
}

// Sizes at their limits, filled with zeros.
TEST(LineModel, TakesSizesUpToTheirLimits) {
  const auto fault_of_size = [](std::uint32_t width, std::uint32_t hidden, std::uint32_t kernel,
                                std::size_t layers, std::uint32_t dilation) {
    ModelFile file;
    file.width = width;
    file.hidden = hidden;
    file.kernel = kernel;
    file.embeddings.assign(width, 0);
    file.scale.assign(width, 0);
    file.first.assign((width + kLineNumbers) * hidden, 0);
    file.first_bias.assign(hidden, 0);
    file.last.assign(hidden, 0);
    file.layers.resize(layers);
    for (ModelFile::Layer& layer : file.layers) {
      layer.dilation = dilation;
      layer.weights.assign(std::size_t{kernel} * hidden * hidden, 0);
      layer.bias.assign(hidden, 0);
    }
    return fault_of(file.bytes());
  };
  const std::string sizes = "m.bin: the line model has sizes out of range";
  EXPECT_EQ(fault_of_size(64, 1, 1, 0, 1), "");
  EXPECT_EQ(fault_of_size(65, 1, 1, 0, 1), sizes);
  EXPECT_EQ(fault_of_size(1, 256, 1, 1, 1), "");
  EXPECT_EQ(fault_of_size(1, 257, 1, 1, 1), sizes);
  EXPECT_EQ(fault_of_size(1, 1, 15, 1, 1), "");
  EXPECT_EQ(fault_of_size(1, 1, 17, 1, 1), sizes);
  EXPECT_EQ(fault_of_size(1, 1, 3, 16, 1), "");
  EXPECT_EQ(fault_of_size(1, 1, 3, 17, 1), sizes);
  EXPECT_EQ(fault_of_size(1, 1, 3, 1, 256), "");
  EXPECT_EQ(fault_of_size(1, 1, 3, 1, 257), "m.bin: a dilation is out of range");
}

TEST(LineModel, TheBuiltInModelIsSound) {
  const Result<LineModel> model = LineModel::parse(builtin_line_model(), "built in");
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_GT(model->threshold(0.001), model->threshold(0.05));
  EXPECT_LT(model->probability(-20), 0.1F);
  EXPECT_GT(model->probability(20), 0.9F);
}

// To the last bit, on every machine. A new model has new scores.
TEST(LineModel, TheBuiltInModelScoresTheSameEverywhere) {
  const Result<LineModel> model = LineModel::parse(builtin_line_model(), "built in");
  ASSERT_TRUE(model.ok()) << model.error().message;
  const Document document(
      DocumentFields{},
      "Home | News | Sport\nShare this\nFerry fares to rise\nBy Ada Kestrel\n"
      "The ferry to Osk did not sail on Tuesday because the wind had turned, the harbour master "
      "said.\nHe expects it to sail again on Thursday morning, when the sea will be calm.\n"
      "Read more about ferries\nMost read\nTop ten islands\nAbout us\n");
  LineFeatures features;
  line_features(document, features);
  LineModel::Scratch scratch;
  std::vector<float> scores;
  model->score(features, scratch, scores);
  EXPECT_EQ(XXH3_64bits(scores.data(), scores.size() * sizeof(float)), 14538089199156319471U)
      << ::testing::PrintToString(scores);
}

}  // namespace
}  // namespace copydesk::cleaning
