package org.emslens.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Lines that are typed wrongly; what is said is a sentence of this program, not of its parser. */
class UsageTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run --prompt x --temperature abc | --temperature is 'abc'; expected a number from 0 to 2.",
        "run --prompt x --temperature 5 | temperature is '5'; expected a number from 0 to 2.",
        "run --prompt x --temperature 2.5 | temperature is '2.5'; expected a number from 0 to 2.",
        "run --prompt x --seed 1.5 | --seed is '1.5'; expected a whole number.",
        "run --prompt x --max-new-tokens 99999999999 | --max-new-tokens has '99999999999', which is too large.",
        "logits --ids 1,,3 --out x | --ids has ''; expected whole numbers, such as 1,2,3.",
        "logits --ids 1,b --out x | --ids has 'b'; expected whole numbers, such as 1,2,3.",
        "needle --depths x --out d | --depths has 'x'; expected numbers from 0 to 1, such as 0,0.5,1.",
        "needle --lengths 5 --out d | A fact is to be hidden in 5 tokens of prose; expected 30 or more.",
        "run | Give --prompt TEXT or --prompt-file F or --context-file F.",
        "tokens | Give --text T or --text-file F.",
        "run --prompt a --prompt-file b | Give --prompt TEXT or --prompt-file F or --context-file F, not both.",
        "run --prompt a --question b --afterwards c | Give --question Q or --afterwards TEXT, not both.",
        "run --prompt a --question= | --question is empty.",
        "logits | Give --ids 0,5,9 and --out FILE.",
        "sweep --prose 50 | Give --out DIR.",
        "run --prompt | --prompt needs a value: --prompt TEXT.",
        "run --prompt --json | --prompt needs a value: --prompt TEXT.",
        "run --prompt a --budget 3 --budget 4 | --budget is given twice.",
        "nonsense | There is no command 'nonsense'; see 'emslens --help'.",
        "lessons/one.emslens | There is no file 'lessons/one.emslens'.",
        "run --prompt a b | 'b' is one word too many; see 'emslens run --help'.",
        "run --prompt a --budgt 4 | There is no option '--budgt' here; see 'emslens run --help'.",
        "run --prompt x --budget 3x | budget is '3x'; expected a whole number of slots such as 128, or a share of the prompt such as 5 % or 0.05.",
        "sweep --prose -5 --out d | --prose has -5; expected numbers above 0.",
        "sweep --prose 5 --seeds 1-99999 --out d | seeds is '1-99999'; expected one such as 3, or a range such as 1-8 of at most 10,000."
      })
  void mistakesAreSentences(String line, String sentence) {
    StringWriter err = new StringWriter();
    CommandLine emslens = Emslens.commandLine().setErr(new PrintWriter(err, true));
    assertEquals(2, emslens.execute(line.split(" ")));
    assertEquals("emslens: " + sentence, err.toString().strip());
  }
}
