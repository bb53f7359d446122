#include "reuse/agencies.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "copydesk/text/lines.h"
#include "copydesk/text/words.h"

namespace copydesk::reuse {
namespace {

struct Agency {
  std::string_view name;
  // Spelled out: taken wherever a credit stands.
  std::array<std::string_view, 3> forms;
  // Codes that may be other words, too: taken only alone or in the brackets of a dateline, with
  // these very letters.
  std::array<std::string_view, 2> codes;
};

constexpr std::array kAgencies = {
    Agency{"AAP", {"Australian Associated Press"}, {"AAP"}},
    Agency{"AFP", {"Agence France-Presse", "AFP"}, {}},
    Agency{"ANI", {"Asian News International"}, {"ANI"}},
    Agency{"ANP", {"Algemeen Nederlands Persbureau"}, {"ANP"}},
    Agency{"ANSA", {"Agenzia ANSA"}, {"ANSA"}},
    Agency{"AP", {"Associated Press"}, {"AP"}},
    Agency{"APA", {"Austria Presse Agentur"}, {"APA"}},
    Agency{"Anadolu", {"Anadolu Agency", "Anadolu Ajansı"}, {"AA", "Anadolu"}},
    Agency{"Belga", {"Agence Belga"}, {"Belga"}},
    Agency{"Bloomberg", {"Bloomberg News"}, {"Bloomberg"}},
    Agency{"CP", {"Canadian Press"}, {"CP"}},
    Agency{"EFE", {"Agencia EFE"}, {"EFE"}},
    Agency{"IANS", {"Indo-Asian News Service"}, {"IANS"}},
    Agency{"Interfax", {"Interfax", "Интерфакс"}, {}},
    Agency{"Kyodo", {"Kyodo", "共同通信"}, {}},
    Agency{"Lusa", {"Agência Lusa"}, {"Lusa"}},
    Agency{"PA", {"PA Media"}, {"PA", "Press Association"}},
    Agency{"PAP", {"Polska Agencja Prasowa"}, {"PAP"}},
    Agency{"PTI", {"Press Trust of India"}, {"PTI"}},
    Agency{"RIA Novosti", {"RIA Novosti", "РИА Новости"}, {}},
    Agency{"Reuters", {"Reuters"}, {}},
    Agency{"TASS", {"ТАСС"}, {"TASS"}},
    Agency{"TNS", {"Tribune News Service"}, {"TNS"}},
    Agency{"UPI", {"United Press International"}, {"UPI"}},
    Agency{"Ukrinform", {"Ukrinform", "Укрінформ"}, {}},
    Agency{"Xinhua", {"Xinhua", "新华社", "新華社"}, {}},
    Agency{"Yonhap", {"Yonhap", "연합뉴스"}, {}},
    Agency{"dpa", {"Deutsche Presse-Agentur"}, {"dpa", "DPA"}},
};
static_assert(kAgencies.size() <= 32, "a bit each");
static_assert(std::is_sorted(kAgencies.begin(), kAgencies.end(),
                             [](const Agency& a, const Agency& b) { return a.name < b.name; }));

constexpr AgencySet bit(std::size_t agency) { return AgencySet{1} << agency; }

std::vector<std::uint64_t> hashes_of(std::string_view s) {
  std::vector<text::Word> words;
  text::split_words(s, words);
  std::vector<std::uint64_t> hashes;
  hashes.reserve(words.size());
  for (const text::Word& word : words) hashes.push_back(word.hash);
  return hashes;
}

struct Form {
  std::size_t agency = 0;
  std::vector<std::uint64_t> words;
};

// The forms, longest first: the Australian Associated Press is not the Associated Press.
const std::vector<Form>& forms() {
  static const std::vector<Form> kForms = [] {
    std::vector<Form> all;
    for (std::size_t i = 0; i < kAgencies.size(); ++i) {
      for (const std::string_view form : kAgencies[i].forms) {
        if (!form.empty()) all.push_back({i, hashes_of(form)});
      }
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Form& a, const Form& b) { return a.words.size() > b.words.size(); });
    return all;
  }();
  return kForms;
}

AgencySet spelled_out(const std::vector<std::uint64_t>& words) {
  AgencySet found = 0;
  for (std::size_t i = 0; i < words.size();) {
    const std::span<const std::uint64_t> rest = std::span(words).subspan(i);
    const auto form = std::find_if(forms().begin(), forms().end(), [&](const Form& f) {
      return f.words.size() <= rest.size() &&
             std::equal(f.words.begin(), f.words.end(), rest.begin());
    });
    if (form == forms().end()) {
      ++i;
    } else {
      found |= bit(form->agency);
      i += form->words.size();
    }
  }
  return found;
}

AgencySet by_code(std::string_view value) {
  value = text::trim(value);
  for (std::size_t i = 0; i < kAgencies.size(); ++i) {
    for (const std::string_view code : kAgencies[i].codes) {
      if (!code.empty() && value == code) return bit(i);
    }
  }
  return 0;
}

// What stands in the last brackets: "PORT ELM (Reuters)".
std::string_view in_brackets(std::string_view dateline) {
  const std::size_t open = dateline.rfind('(');
  if (open == std::string_view::npos) return {};
  const std::size_t close = dateline.find(')', open);
  return dateline.substr(open + 1, close == std::string_view::npos ? close : close - open - 1);
}

// "Jo Elm/Reuters", "(Reuters photo)", "AFP via a picture desk": who took a picture.
bool is_picture_credit(std::string_view value, const std::vector<std::uint64_t>& words) {
  if (value.find('/') != std::string_view::npos) return true;
  static const std::vector<std::uint64_t> kWords = hashes_of(
      "photo photos photograph photographer image images picture pictures getty via "
      "video file handout courtesy foto fotos bild bilder imagen imágenes фото");
  return std::any_of(words.begin(), words.end(), [](std::uint64_t word) {
    return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
  });
}

}  // namespace

AgencySet credited_agencies(const Document& document) {
  AgencySet found = 0;
  const auto by_name = [](std::string_view who) {
    return spelled_out(hashes_of(who)) | by_code(who);
  };
  for (const LiftedField& field : document.lifted()) {
    if (field.field == Field::kDateline) {
      found |= by_name(in_brackets(field.value));
    } else if (field.field == Field::kAuthor) {
      found |= by_name(field.value);
    } else if (field.field == Field::kCredit) {
      const std::vector<std::uint64_t> words = hashes_of(field.value);
      if (!is_picture_credit(field.value, words)) found |= spelled_out(words);
    }
  }
  return found;
}

std::vector<std::string> names_of(AgencySet agencies) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kAgencies.size(); ++i) {
    if ((agencies & bit(i)) != 0) names.emplace_back(kAgencies[i].name);
  }
  return names;
}

}  // namespace copydesk::reuse
