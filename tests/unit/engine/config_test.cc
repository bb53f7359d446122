#include "copydesk/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace copydesk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class Nothing : public DocumentStage {
  Verdict process(const Document&, Local*, Edits&, DocumentFindings&) const override {
    return Verdict::keep();
  }
};

struct MatchOptions {
  double near_duplicate = 0.4;
  double contains = 0.55;
  std::int64_t words = 12;
  bool passages = true;
  std::string captions = "lift";
  std::vector<std::string> languages = {"en"};
  std::string templates;
};
struct NoOptions {};

// Two stages of the default config under their real names, one that is not in it.
const std::vector<StageSpec>& specs() {
  static const std::vector<StageSpec> kSpecs = {
      StageSpecBuilder<MatchOptions>("match_reuse", StageKind::kDocument)
          .option("near_duplicate", &MatchOptions::near_duplicate, {0, 1}, "A.")
          .option("contains", &MatchOptions::contains, {0, 1}, "B.")
          .option("words", &MatchOptions::words, {1, 100}, "C.")
          .option("passages", &MatchOptions::passages, "D.")
          .option("captions", &MatchOptions::captions, {"lift", "keep"}, "E.")
          .option("languages", &MatchOptions::languages, {"en", "de", "fr"}, "F.")
          .option("templates", &MatchOptions::templates, "G.")
          .validate([](const MatchOptions& o) -> std::optional<std::string> {
            if (o.near_duplicate <= o.contains) return std::nullopt;
            return "near_duplicate must not be above contains";
          })
          .make([](const MatchOptions&) { return std::make_unique<Nothing>(); }),
      StageSpecBuilder<NoOptions>("drop_short", StageKind::kDocument).make([](const NoOptions&) {
        return std::make_unique<Nothing>();
      }),
      StageSpecBuilder<NoOptions>("shout", StageKind::kDocument).make([](const NoOptions&) {
        return std::make_unique<Nothing>();
      }),
  };
  return kSpecs;
}

// All faults of a config, one a line, as a user sees them.
std::string faults_of(std::string_view toml) {
  std::vector<Diagnostic> faults;
  const Result<Config> config = parse_config(toml, "c.toml", specs(), faults);
  EXPECT_EQ(config.ok(), faults.empty());
  std::string out;
  for (const Diagnostic& fault : faults) out += fault.to_string() + "\n";
  return out;
}

Config parsed(std::string_view toml) {
  std::vector<Diagnostic> faults;
  Result<Config> config = parse_config(toml, "c.toml", specs(), faults);
  for (const Diagnostic& fault : faults) ADD_FAILURE() << fault.to_string();
  return config.ok() ? *std::move(config) : Config();
}

// --- What comes out of a sound config ---

TEST(Config, EmptyFileIsTheDefault) {
  EXPECT_EQ(config_to_toml(parsed(""), specs()), config_to_toml(default_config(specs()), specs()));
}

TEST(Config, DefaultStagesAreThoseOfThePresetThatExist) {
  const Config config = default_config(specs());
  ASSERT_EQ(config.stages.size(), 2U);
  EXPECT_EQ(config.stages[0].name, "drop_short");
  EXPECT_EQ(config.stages[1].name, "match_reuse");
}

TEST(Config, EveryKeyArrives) {
  const Config config = parsed(R"(
    stages = ["shout", "match_reuse"]
    [input]
    format = "text"
    preset = "dolma"
    max_record_bytes = "1 MiB"
    max_unpacked_bytes = "2 GiB"
    max_unpack_ratio = 40
    unpack_ratio_from = "3 MiB"
    [input.fields]
    title = "headline"
    text = ["body", "meta.body"]
    url = []
    [output]
    compress = true
    keep_removed = true
    [run]
    threads = 3
    memory = "500MB"
    batch_documents = 7
    batch_bytes = 2048
    checkpoint_seconds = 5
    [match_reuse]
    near_duplicate = 0.5
    words = 9
    passages = false
    captions = "keep"
    languages = ["de", "fr"]
    templates = "t.jsonl"
  )");
  EXPECT_EQ(config.input.format, InputOptions::Format::kText);
  EXPECT_EQ(config.input.preset, "dolma");
  EXPECT_EQ(config.input.max_record_bytes, 1U << 20);
  EXPECT_EQ(config.input.max_unpacked_bytes, 2ULL << 30);
  EXPECT_EQ(config.input.max_unpack_ratio, 40U);
  EXPECT_EQ(config.input.unpack_ratio_from, 3U << 20);
  EXPECT_THAT(config.input.fields.title, ElementsAre("headline"));
  EXPECT_THAT(config.input.fields.text, ElementsAre("body", "meta.body"));
  EXPECT_THAT(config.input.fields.url, IsEmpty());
  EXPECT_THAT(config.input.fields.date, ElementsAre("created")) << "from the preset";
  EXPECT_TRUE(config.output.compress);
  EXPECT_TRUE(config.output.keep_removed);
  EXPECT_EQ(config.run.threads, 3U);
  EXPECT_EQ(config.run.memory, 500'000'000U);
  EXPECT_EQ(config.run.batch_documents, 7U);
  EXPECT_EQ(config.run.batch_bytes, 2048U);
  EXPECT_EQ(config.run.checkpoint_seconds, 5U);
  ASSERT_EQ(config.stages.size(), 2U);
  EXPECT_EQ(config.stages[0].name, "shout");
  const OptionValues expected = {
      {"near_duplicate", 0.5},
      {"words", std::int64_t{9}},
      {"passages", false},
      {"captions", std::string("keep")},
      {"languages", std::vector<std::string>{"de", "fr"}},
      {"templates", std::string("t.jsonl")},
  };
  EXPECT_EQ(config.stages[1].options, expected);
}

TEST(Config, OnlyOptionsThatDifferFromTheirDefaultAreKept) {
  const Config config = parsed("[match_reuse]\nnear_duplicate = 0.4\ncontains = 1\nwords = 12");
  EXPECT_THAT(config.stages[1].options, ElementsAre(Pair("contains", OptionValue(1.0))));
}

TEST(Config, EmptyStageListIsAllowed) { EXPECT_THAT(parsed("stages = []").stages, IsEmpty()); }

TEST(Config, TableOfAStageThatDoesNotRunIsChecked) {
  EXPECT_EQ(faults_of("stages = [\"shout\"]\n[match_reuse]\nwords = 3"), "");
  EXPECT_EQ(faults_of("stages = [\"shout\"]\n[match_reuse]\nwords = 0"),
            "c.toml:3:9: match_reuse.words must be between 1 and 100, got 0\n");
}

TEST(Config, WritesWhatItReadsBack) {
  const std::string once = config_to_toml(parsed(R"(
    stages = ["match_reuse", "shout"]
    [input]
    max_record_bytes = 12345
    max_unpacked_bytes = 3
    max_unpack_ratio = 0
    unpack_ratio_from = 1024
    [input.fields]
    id = ['a "b" \ c', "é"]
    [match_reuse]
    near_duplicate = 0.1
    contains = 1
    templates = "tab\there"
  )"),
                                          specs());
  EXPECT_EQ(config_to_toml(parsed(once), specs()), once);
  EXPECT_THAT(once, HasSubstr("max_record_bytes = \"12345 B\"\nmax_unpacked_bytes = \"3 B\"\n"
                              "max_unpack_ratio = 0\nunpack_ratio_from = \"1 KiB\"\n"));
  EXPECT_THAT(once, HasSubstr("id = [\"a \\\"b\\\" \\\\ c\", \"é\"]\n"));
  EXPECT_THAT(once, HasSubstr("[match_reuse]\nnear_duplicate = 0.1\ncontains = 1.0\nwords = 12\n"
                              "passages = true\ncaptions = \"lift\"\nlanguages = [\"en\"]\n"
                              "templates = \"tab\\u0009here\"\n"));
}

// --- Faults ---

struct FaultCase {
  std::string_view name;
  std::string_view toml;
  std::string_view faults;
};
void PrintTo(const FaultCase& c, std::ostream* out) { *out << c.name; }

class ConfigFaults : public ::testing::TestWithParam<FaultCase> {};

TEST_P(ConfigFaults, AreSaidExactly) { EXPECT_EQ(faults_of(GetParam().toml), GetParam().faults); }

INSTANTIATE_TEST_SUITE_P(
    Table, ConfigFaults,
    ::testing::Values(
        FaultCase{"unknown_section", "[inputs]\n",
                  "c.toml:1:2: unknown key \"inputs\"; known keys: stages, input, output, run, "
                  "match_reuse, drop_short, shout; did you mean \"input\"?\n"},
        FaultCase{"unknown_stage_table", "[match_reus]\nwords = 1\n",
                  "c.toml:1:2: unknown key \"match_reus\"; known keys: stages, input, output, run, "
                  "match_reuse, drop_short, shout; did you mean \"match_reuse\"?\n"},
        FaultCase{"unknown_key", "[run]\nthread = 4\n",
                  "c.toml:2:1: unknown key \"thread\" in [run]; known keys: threads, memory, "
                  "batch_documents, batch_bytes, checkpoint_seconds; did you mean \"threads\"?\n"},
        FaultCase{"unknown_key_like_none", "[output]\nxyzzy = 4\n",
                  "c.toml:2:1: unknown key \"xyzzy\" in [output]; known keys: compress, "
                  "keep_removed\n"},
        FaultCase{"unknown_field", "[input.fields]\nheadline = \"a\"\n",
                  "c.toml:2:1: unknown key \"headline\" in [input.fields]; known keys: id, outlet, "
                  "url, title, date, text, language\n"},
        FaultCase{"unknown_option", "[match_reuse]\nnear-duplicate = 0.3\n",
                  "c.toml:2:1: unknown key \"near-duplicate\" in [match_reuse]; known keys: "
                  "near_duplicate, contains, words, passages, captions, languages, templates; "
                  "did you mean \"near_duplicate\"?\n"},
        FaultCase{"option_of_a_stage_without", "[shout]\nloud = true\n",
                  "c.toml:2:1: unknown key \"loud\" in [shout]; it has no keys\n"},
        FaultCase{"section_is_no_table", "run = 3\n",
                  "c.toml:1:7: run must be a table, got an integer\n"},
        FaultCase{"stage_is_no_table", "shout = true\n",
                  "c.toml:1:9: shout must be a table, got a boolean\n"},
        FaultCase{"fields_are_no_table", "[input]\nfields = \"text\"\n",
                  "c.toml:2:10: input.fields must be a table, got a string\n"},
        FaultCase{"stages_no_list", "stages = \"shout\"\n",
                  "c.toml:1:10: stages must be a list of stage names, got a string\n"},
        FaultCase{"stages_item", "stages = [\"shout\", 3]\n",
                  "c.toml:1:20: each of stages must be a stage name, got an integer\n"},
        FaultCase{"unknown_stage", "stages = [\n  \"shuot\",\n]\n",
                  "c.toml:2:3: unknown stage \"shuot\"; known stages: match_reuse, drop_short, "
                  "shout; did you mean \"shout\"?\n"},
        FaultCase{"stage_twice", "stages = [\"shout\", \"drop_short\",\n\"shout\"]\n",
                  "c.toml:2:1: stage \"shout\" stands twice in stages, first in line 1\n"},
        FaultCase{"format", "[input]\nformat = \"json\"\n",
                  "c.toml:2:10: input.format must be one of auto, jsonl, text, got \"json\"; did "
                  "you mean \"jsonl\"?\n"},
        FaultCase{"preset", "[input]\npreset = \"dolmma\"\n",
                  "c.toml:2:10: input.preset must be one of copydesk, datatrove, dolma, "
                  "news-please, trafilatura, webz.io, passim, got \"dolmma\"; did you mean "
                  "\"dolma\"?\n"},
        FaultCase{"preset_type", "[input]\npreset = 1979-05-27\n",
                  "c.toml:2:10: input.preset must be a string, got a date or time\n"},
        FaultCase{"boolean", "[output]\ncompress = \"yes\"\n",
                  "c.toml:2:12: output.compress must be true or false, got a string\n"},
        FaultCase{"path_type", "[input.fields]\nid = 1\ntext = [\"a\", 2]\n",
                  "c.toml:2:6: input.fields.id must be a path or a list of paths, got an integer\n"
                  "c.toml:3:14: input.fields.text must be a path or a list of paths, got an "
                  "integer\n"},
        FaultCase{"path", "[input.fields]\nid = \"\"\nurl = \"a..b\"\ndate = [\".a\"]\n",
                  "c.toml:2:6: input.fields.id must be a path like \"meta.site\", got \"\"\n"
                  "c.toml:3:7: input.fields.url must be a path like \"meta.site\", got \"a..b\"\n"
                  "c.toml:4:9: input.fields.date must be a path like \"meta.site\", got \".a\"\n"},
        FaultCase{"count_type", "[run]\nthreads = 1.5\n",
                  "c.toml:2:11: run.threads must be an integer, got a number\n"},
        FaultCase{"size_word", "[run]\nmemory = \"much\"\n",
                  "c.toml:2:10: run.memory must be a size like \"64 MiB\", \"4G\" or \"500MB\", "
                  "got \"much\"\n"},
        FaultCase{"size_type", "[run]\nmemory = true\n",
                  "c.toml:2:10: run.memory must be a size like \"64 MiB\" or an integer, got a "
                  "boolean\n"},
        FaultCase{"option_type", "[match_reuse]\nwords = 1.5\npassages = 1\ntemplates = [1]\n",
                  "c.toml:2:9: match_reuse.words must be an integer, got a number\n"
                  "c.toml:3:12: match_reuse.passages must be a boolean, got an integer\n"
                  "c.toml:4:13: match_reuse.templates must be a string, got a list\n"},
        FaultCase{"option_not_a_number", "[match_reuse]\nnear_duplicate = nan\n",
                  "c.toml:2:18: match_reuse.near_duplicate must be between 0 and 1, got nan\n"},
        FaultCase{"option_choice",
                  "[match_reuse]\ncaptions = \"lifts\"\nlanguages = [\"en\", "
                  "\"dee\"]\n",
                  "c.toml:2:12: match_reuse.captions must be one of \"lift\" or \"keep\", got "
                  "\"lifts\"; did you mean \"lift\"?\n"
                  "c.toml:3:13: match_reuse.languages must be one of \"en\", \"de\" or \"fr\", got "
                  "\"dee\"; did you mean \"de\"?\n"},
        FaultCase{"options_that_do_not_fit", "# x\n[match_reuse]\nnear_duplicate = 0.9\n",
                  "c.toml:2:1: match_reuse: near_duplicate must not be above contains\n"},
        FaultCase{"all_in_one_run_in_order",
                  "stages = [\"shuot\"]\n[run]\nthreads = -1\n[input]\npreset = 3\nx = 1\n",
                  "c.toml:1:11: unknown stage \"shuot\"; known stages: match_reuse, drop_short, "
                  "shout; did you mean \"shout\"?\n"
                  "c.toml:3:11: run.threads must be between 0 and 1024, got -1\n"
                  "c.toml:5:10: input.preset must be a string, got an integer\n"
                  "c.toml:6:1: unknown key \"x\" in [input]; known keys: format, preset, "
                  "max_record_bytes, max_unpacked_bytes, max_unpack_ratio, unpack_ratio_from, "
                  "fields\n"}),
    [](const auto& test) { return std::string(test.param.name); });

// --- Ranges: one below, at, one above ---

struct RangeCase {
  std::string_view section;
  std::string_view key;
  std::string_view below;  // "": there is none
  std::string_view at_min;
  std::string_view at_max;
  std::string_view above;
  std::string_view range;
};
void PrintTo(const RangeCase& c, std::ostream* out) { *out << c.section << "." << c.key; }

class ConfigRanges : public ::testing::TestWithParam<RangeCase> {};

TEST_P(ConfigRanges, EndAtTheirBounds) {
  const RangeCase& c = GetParam();
  const auto config = [&](std::string_view value) {
    return "[" + std::string(c.section) + "]\n" + std::string(c.key) + " = " + std::string(value);
  };
  const std::string name = std::string(c.section) + "." + std::string(c.key);
  EXPECT_EQ(faults_of(config(c.at_min)), "");
  EXPECT_EQ(faults_of(config(c.at_max)), "");
  for (const std::string_view wrong : {c.below, c.above}) {
    if (wrong.empty()) continue;
    EXPECT_EQ(faults_of(config(wrong)), "c.toml:2:" + std::to_string(c.key.size() + 4) + ": " +
                                            name + " must be between " + std::string(c.range) +
                                            ", got " + std::string(wrong) + "\n");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, ConfigRanges,
    ::testing::Values(
        RangeCase{"run", "threads", "-1", "0", "1024", "1025", "0 and 1024"},
        RangeCase{"run", "batch_documents", "0", "1", "1000000", "1000001", "1 and 1000000"},
        RangeCase{"run", "checkpoint_seconds", "-1", "0", "86400", "86401", "0 and 86400"},
        RangeCase{"run", "batch_bytes", "1023", "1024", "\"1 GiB\"", "1073741825",
                  "1 KiB and 1 GiB"},
        RangeCase{"run", "memory", "67108863", "67108864", "\"1024T\"", "\"1025T\"",
                  "64 MiB and 1024 TiB"},
        RangeCase{"input", "max_record_bytes", "1023", "1024", "2147483648", "2147483649",
                  "1 KiB and 2 GiB"},
        RangeCase{"input", "max_unpacked_bytes", "-1", "0", "\"1024T\"", "\"1025T\"",
                  "0 B and 1024 TiB"},
        RangeCase{"input", "max_unpack_ratio", "-1", "0", "1000000", "1000001", "0 and 1000000"},
        RangeCase{"input", "unpack_ratio_from", "-1", "0", "\"1024T\"", "\"1025T\"",
                  "0 B and 1024 TiB"},
        RangeCase{"match_reuse", "words", "0", "1", "100", "101", "1 and 100"}));

// --- Files ---

TEST(Config, SyntaxFaultHasItsPlace) {
  EXPECT_THAT(faults_of("[run]\nthreads = = 3\n"), HasSubstr("c.toml:2:11: not TOML: "));
  EXPECT_THAT(faults_of("a = \"\xff\"\n"), HasSubstr("c.toml:1:5: not TOML: "));
  EXPECT_THAT(faults_of("[run]\nthreads = 1\nthreads = 2\n"), HasSubstr("c.toml:3:"));
}

TEST(Config, ErrorCountsTheFaults) {
  std::vector<Diagnostic> faults;
  EXPECT_EQ(parse_config("a = 1", "c.toml", specs(), faults).error().message, "c.toml: 1 fault");
  EXPECT_EQ(parse_config("a = 1\nb = 2", "c.toml", specs(), faults).error().message,
            "c.toml: 2 faults");
  EXPECT_EQ(faults.size(), 3U) << "faults are added to those that are there";
}

TEST(Config, LoadsAFile) {
  const std::string path = ::testing::TempDir() + "/copydesk_config_test.toml";
  std::ofstream(path) << "stages = [\"shout\"]\n";
  std::vector<Diagnostic> faults;
  const Result<Config> config = load_config(path, specs(), faults);
  std::filesystem::remove(path);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->stages.size(), 1U);
}

// A stage under each name, with the drops that the built-in one declares.
std::string order_faults(std::string_view toml) {
  struct Duplicates {
    std::string duplicates = "drop";
  };
  const auto nothing = [](const auto&) { return std::make_unique<Nothing>(); };
  const std::vector<StageSpec> order_specs = {
      StageSpecBuilder<NoOptions>("clean", StageKind::kDocument).make(nothing),
      StageSpecBuilder<NoOptions>("drop_short", StageKind::kDocument)
          .drop_reasons({DropReason::kTooShort})
          .make(nothing),
      StageSpecBuilder<NoOptions>("drop_exact", StageKind::kDocument)
          .drop_reasons({DropReason::kExactDuplicate})
          .make(nothing),
      StageSpecBuilder<Duplicates>("match_reuse", StageKind::kDocument)
          .drop_reasons({DropReason::kExactDuplicate, DropReason::kNearDuplicate})
          .option("duplicates", &Duplicates::duplicates, {"drop", "annotate"}, "A.")
          .make(nothing)};
  std::vector<Diagnostic> faults;
  (void)parse_config(toml, "c.toml", order_specs, faults).ok();
  std::string out;
  for (const Diagnostic& fault : faults) out += fault.to_string() + "\n";
  return out;
}

// What stands for dropped copies must not be dropped after them: a whole cluster would be lost.
TEST(Config, WhatDropsDocumentsComesBeforeWhatDropsTheirCopies) {
  EXPECT_EQ(
      order_faults("stages = [\"match_reuse\", \"clean\",\n \"drop_short\"]\n"),
      "c.toml:1:10: stage \"drop_short\" must stand before \"match_reuse\": it could drop the "
      "one document that stands for copies which \"match_reuse\" has dropped\n");
  EXPECT_NE(order_faults("stages = [\"drop_exact\", \"drop_short\"]\n"), "");
  EXPECT_EQ(order_faults("stages = [\"drop_short\", \"drop_exact\", \"match_reuse\"]\n"), "");
  EXPECT_EQ(order_faults("stages = [\"match_reuse\", \"drop_exact\", \"clean\"]\n"), "");
  EXPECT_EQ(order_faults("stages = [\"match_reuse\", \"drop_short\"]\n"
                         "[match_reuse]\nduplicates = \"annotate\"\n"),
            "");
  EXPECT_EQ(order_faults("stages = [\"drop_short\"]\n"), "");
}

// Tables in tables would be freed one inside the other until the stack is full.
TEST(Config, AKeyOfVeryManyPartsIsAFault) {
  std::string toml = "stages = []\na";
  for (int i = 0; i < 1'000'000; ++i) toml += ".a";
  EXPECT_EQ(faults_of(toml + " = 1\n"), "c.toml: not TOML: line 2: a key of more than 16 parts\n");
}

TEST(Config, SaysWhyAFileCannotBeLoaded) {
  std::vector<Diagnostic> faults;
  const Result<Config> missing = load_config("/nowhere/c.toml", specs(), faults);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().message, "/nowhere/c.toml: no such file");
  const Result<Config> folder = load_config(::testing::TempDir(), specs(), faults);
  EXPECT_EQ(folder.error().code, ErrorCode::kIo);
  EXPECT_THAT(faults, IsEmpty());
}

// --- Field presets ---

TEST(FieldPresets, EveryNameHasAMappingWithText) {
  ASSERT_EQ(field_preset_names().size(), 7U);
  for (const std::string_view name : field_preset_names()) {
    const std::optional<FieldMap> fields = field_preset(name);
    ASSERT_TRUE(fields.has_value()) << name;
    EXPECT_FALSE(fields->text.empty()) << name;
    EXPECT_FALSE(fields->id.empty()) << name;
  }
  EXPECT_EQ(field_preset("copydesk ").has_value(), false);
}

TEST(FieldPresets, KnowTheirFormats) {
  EXPECT_THAT(field_preset("datatrove")->url, ElementsAre("metadata.url", "url"));
  EXPECT_THAT(field_preset("dolma")->outlet, IsEmpty()) << "its source is a data set";
  EXPECT_THAT(field_preset("news-please")->text, ElementsAre("maintext", "text"));
  EXPECT_THAT(field_preset("trafilatura")->url, ElementsAre("source", "url"));
  EXPECT_THAT(field_preset("webz.io")->id, ElementsAre("uuid", "thread.uuid"));
  EXPECT_THAT(field_preset("passim")->outlet, ElementsAre("series"));
  EXPECT_THAT(field_preset("copydesk")->date, ElementsAre("date", "day"));
}

}  // namespace
}  // namespace copydesk
