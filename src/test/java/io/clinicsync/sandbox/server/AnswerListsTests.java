package io.clinicsync.sandbox.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Damage reaches the records wherever a vendor keeps them, and nothing else. */
class AnswerListsTests {

  private static Answer answer(String json) {
    return Answer.json(200, json.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'patients':[{'id':'1','n':2}],'total':1}            | {'patients':[{'n':2,'id_v2':'1'}],'total':1}",
        "[{'_id':'1'}]                                        | [{'_id_v2':'1'}]",
        "{'data':{'results':{'rows':[{'ID':'1'}]}}}           | {'data':{'results':{'rows':[{'ID_v2':'1'}]}}}",
        "{'entry':[{'resource':{'id':'1','name':[{'x':1}]}}]} | {'entry':[{'resource':{'name':[{'x':1}],'id_v2':'1'}}]}",
        "{'data':[{'id':'1','attributes':{'id':'7'}}]}        | {'data':[{'attributes':{'id_v2':'7'},'id_v2':'1'}]}",
        "{'id':'1','tags':['id']}                             | {'id':'1','tags':['id']}"
      })
  void theIdHasAnotherName(String given, String expected) {
    Answer renamed = AnswerLists.renamed(answer(given), null);
    assertThat(renamed.text().replace('"', '\'')).isEqualTo(expected);
    String without = AnswerLists.without(answer(given), null).text();
    assertThat(without.contains("id_v2")).isFalse();
    assertThat(AnswerLists.renamed(answer(given), "shoe").text()).isEqualTo(answer(given).text());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'rows':[{'id':'1'},{'id':'2','at':'2026-01-02T03:04'}]} | {'rows':[{'id':'1'},{'id':{'broken':true},'at':'32/13/20x6'}]}",
        "[{'id':'1'},{'id':'2','n':5}]                            | [{'id':'1'},{'id':{'broken':true},'n':5}]",
        "{'entry':[{'resource':{'id':'1'}},{'resource':{'id':'2'}}]} | {'entry':[{'resource':{'id':'1'}},{'resource':{'id':{'broken':true}}}]}",
        "{'p':[{'id':'1','passes':[{'id':'7'},{'id':'8'}]}]}      | {'p':[{'id':'1','passes':[{'id':'7'},{'id':{'broken':true}}]}]}"
      })
  void theSecondRecordIsPoisoned(String given, String expected) {
    assertThat(AnswerLists.poisoned(answer(given), 1).text().replace('"', '\''))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'rows':[{'id':'1'}],'total_entries':9,'links':{'next':'x','self':'y'}} | {'rows':[],'total_entries':0,'links':{'self':'y'}}",
        "{'data':{'rows':[{'id':'1'}]},'meta':{'total':4,'next_cursor':'c'}}     | {'data':{'rows':[]},'meta':{'total':0}}",
        "[{'id':'1'}]                                                            | []"
      })
  void theListIsEmptied(String given, String expected) {
    assertThat(AnswerLists.emptied(answer(given)).text().replace('"', '\'')).isEqualTo(expected);
  }
}
