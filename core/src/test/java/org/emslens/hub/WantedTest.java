package org.emslens.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users write, or paste, for a repository of the hub. */
class WantedTest {
  @ParameterizedTest
  @CsvSource({
    "org/name, org/name,",
    "' org/name ', org/name,",
    "org/name:a-Q4_0.gguf, org/name, a-Q4_0.gguf",
    "https://huggingface.co/org/name, org/name,",
    "https://huggingface.co/org/name/, org/name,",
    "https://huggingface.co/org/name/tree/main, org/name,",
    "https://huggingface.co/org/name?library=gguf, org/name,",
    "https://huggingface.co/org/name/resolve/main/a.gguf?download=true, org/name, a.gguf",
    "https://huggingface.co/org/name/blob/main/sub/a.gguf, org/name, sub/a.gguf",
    "https://hf.co/org/name/resolve/main/My%20Model+.gguf, org/name, My Model+.gguf",
    "huggingface.co/org/name, org/name,",
  })
  void understood(String text, String repository, String file) {
    assertEquals(new HubRepository.Wanted(repository, file), HubRepository.Wanted.of(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "name",
        "a b/c",
        "https://huggingface.co/",
        "https://huggingface.co/org",
        "https://huggingface.co/datasets/squad",
        "https://github.com/org/name",
        "https://huggingface.co/org/name/blob/v2/a.gguf"
      })
  void notUnderstood(String text) {
    assertNull(HubRepository.Wanted.of(text));
  }
}
