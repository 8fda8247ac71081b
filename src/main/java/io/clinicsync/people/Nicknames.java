package io.clinicsync.people;

import java.util.List;
import java.util.Set;

/** Given names that people use for one another. Only ever good for a suggestion. */
final class Nicknames {

  private static final List<Set<String>> GROUPS =
      List.of(
          Set.of("abigail", "abby", "gail"),
          Set.of("alexander", "alexandra", "alex", "al", "sandy", "sasha", "xander"),
          Set.of("alfred", "alf", "fred", "freddie"),
          Set.of("amanda", "mandy"),
          Set.of("andrew", "andy", "drew"),
          Set.of("anne", "ann", "anna", "annie", "nancy"),
          Set.of("anthony", "tony"),
          Set.of("barbara", "barb", "babs"),
          Set.of("benjamin", "ben", "benny"),
          Set.of(
              "catherine", "katherine", "kathryn", "kate", "katie", "kathy", "cathy", "kat", "kit"),
          Set.of("charles", "charlie", "chuck", "chas"),
          Set.of("charlotte", "charlie", "lottie"),
          Set.of("christopher", "christine", "christina", "chris", "kris", "tina", "kit"),
          Set.of("daniel", "danielle", "dan", "danny", "dani"),
          Set.of("david", "dave", "davey"),
          Set.of("deborah", "deb", "debbie"),
          Set.of("dorothy", "dot", "dottie", "dolly"),
          Set.of("edward", "ed", "eddie", "ted", "ned"),
          Set.of("eleanor", "ellie", "nell", "nora"),
          Set.of("elizabeth", "liz", "lizzie", "beth", "betty", "eliza", "libby", "elsie", "lisa"),
          Set.of("frances", "francis", "fran", "frank", "frankie"),
          Set.of("gregory", "greg"),
          Set.of("harold", "henry", "harry", "hal", "hank"),
          Set.of("isabella", "isabel", "isobel", "izzy", "bella"),
          Set.of("jacob", "jake"),
          Set.of("james", "jim", "jimmy", "jamie"),
          Set.of("jennifer", "jen", "jenny"),
          Set.of("jessica", "jess", "jessie"),
          Set.of("john", "jack", "johnny", "jonathan", "jon"),
          Set.of("joseph", "josephine", "joe", "joey", "jo", "josie"),
          Set.of("joshua", "josh"),
          Set.of("judith", "judy"),
          Set.of("kenneth", "ken", "kenny"),
          Set.of("lawrence", "laurence", "larry", "laurie"),
          Set.of("leonard", "len", "lenny", "leo"),
          Set.of("margaret", "maggie", "meg", "peg", "peggy", "marge", "greta", "rita"),
          Set.of("martha", "marty", "patty"),
          Set.of("matthew", "matt", "matty"),
          Set.of("michael", "mike", "mick", "mickey", "mikey"),
          Set.of("nathan", "nathaniel", "nat", "nate"),
          Set.of("nicholas", "nicola", "nicole", "nick", "nicky", "nikki"),
          Set.of("pamela", "pam"),
          Set.of("patricia", "patrick", "pat", "patty", "trish", "paddy"),
          Set.of("peter", "pete"),
          Set.of("philip", "phillip", "phil"),
          Set.of("rebecca", "becky", "bec", "becca"),
          Set.of("richard", "rick", "ricky", "rich", "dick"),
          Set.of("robert", "rob", "robbie", "bob", "bobby", "bert"),
          Set.of("ronald", "ron", "ronnie"),
          Set.of("samuel", "samantha", "sam", "sammy"),
          Set.of("sarah", "sally", "sadie"),
          Set.of("stephen", "steven", "stephanie", "steve", "steph"),
          Set.of("susan", "susanne", "sue", "susie"),
          Set.of("theodore", "theresa", "ted", "teddy", "theo", "terry", "tess"),
          Set.of("thomas", "tom", "tommy"),
          Set.of("timothy", "tim", "timmy"),
          Set.of("victoria", "vicky", "tori"),
          Set.of("vincent", "vince", "vinny"),
          Set.of("virginia", "ginny"),
          Set.of("walter", "wally", "walt"),
          Set.of("william", "will", "bill", "billy", "willie", "liam"),
          Set.of("zachary", "zach", "zac"));

  private Nicknames() {}

  static boolean areRelated(String one, String other) {
    return GROUPS.stream().anyMatch(group -> group.contains(one) && group.contains(other));
  }
}
